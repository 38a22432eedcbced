"""The owner's key: the host's own name for a tenant."""

from __future__ import annotations


def check_owner(owner: object) -> str:
    """Answer the owner's key; raise TypeError with what to write instead."""
    if not isinstance(owner, str):
        raise TypeError(f"owner must be a str, not {type(owner).__name__}; write str(user.id)")
    if not owner or "\x00" in owner:
        raise TypeError("owner must be a non-empty str without NUL")
    return owner
