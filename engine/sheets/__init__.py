"""What is on a sheet: boxes, readings, figure labels, and the figures told apart by them."""
