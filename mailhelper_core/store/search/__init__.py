"""Criteria as SQL and the full-text index, on both databases."""
