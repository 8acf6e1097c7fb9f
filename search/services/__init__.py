"""Every write: keyword-only, noun first, atomic, safe to call twice."""
