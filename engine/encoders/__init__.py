"""Encoders. names.py is light; factory.py loads the model stack, so web processes leave it be."""
