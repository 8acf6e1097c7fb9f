"""Services: every write. Arguments are keyword-only, and each call is atomic and safe to repeat."""
