"""Sync against real servers, other programs and other writers."""
