"""Reads that are composed: each brings along what the page will show."""
