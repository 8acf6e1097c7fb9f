"""Selectors: queries and dataclasses with everything that a page, file or answer needs."""
