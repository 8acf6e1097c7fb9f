"""Pages: check the form, call one service or selector, choose a template."""
