"""Read queries that combine tables, each with everything that its page shows."""
