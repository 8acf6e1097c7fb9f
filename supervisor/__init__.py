"""Runs the processes of one installation: PostgreSQL, Valkey, workers, beat and the web server. Pure Python, no Django."""
