"""Tags: the owner's own labels on messages."""
