"""Plugins: found, loaded into one Registry, and set by their owners."""
