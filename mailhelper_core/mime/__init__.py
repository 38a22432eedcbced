"""Bytes in, values out: what is in a message; pure, bounded, never raising on bad mail."""
