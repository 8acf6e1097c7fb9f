"""How good a ranking is: what counts, what is relevant, what is measured, and the files it goes in and out by."""
