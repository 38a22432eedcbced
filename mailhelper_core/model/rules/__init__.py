"""Criteria, rules and saved searches as data."""
