"""Runs one installation's processes: PostgreSQL, Valkey, workers, beat and the web server. Pure Python, no Django."""
