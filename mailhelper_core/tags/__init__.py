"""Tags: the owner's own labels."""
