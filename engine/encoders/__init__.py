"""Encoders. visual.py and sentences.py import the model libraries (workers only), names.py and factory.py do not."""
