"""Split sheets into figures: boxes, readings, figure labels, and the regions of the figures."""
