"""Encoders. names.py loads no model library; visual.py and sentences.py load the model stack: workers only."""
