"""Every write: keyword-only, atomic, safe to call twice."""
