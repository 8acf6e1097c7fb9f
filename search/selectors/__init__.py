"""Every composed read, with what the page will show brought along."""
