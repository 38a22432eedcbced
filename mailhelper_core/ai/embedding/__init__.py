"""Vectors: made without weights, packed, compared."""
