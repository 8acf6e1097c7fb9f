"""Pages: each view checks what was sent, calls one service or selector, and chooses a template."""
