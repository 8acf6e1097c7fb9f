"""Page views: each checks the request, calls one service or selector, and renders a template."""
