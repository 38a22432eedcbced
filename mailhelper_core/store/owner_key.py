"""The owner's key: the host's own name for a tenant."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic

from sqlalchemy import Connection, select

from mailhelper_core.errors import NotFoundError
from mailhelper_core.model.mail.text import clean_text
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import insert_rows

# An owner may be erased, and come back with another id, in another process: who was looked up is looked up anew.
KNOWN_SECONDS = 60.0
# Whose rows arrive out of an archive, unseen: a character of private use begins no host's key, and a control character
# would not be stored.
HIDDEN = "\uf8ffarchive:"


def check_owner(owner: object) -> str:
    """Answer the owner's key; raise TypeError with what to write instead."""
    if not isinstance(owner, str):
        raise TypeError(f"owner must be a str, not {type(owner).__name__}; write str(user.id)")
    # What a database does not keep must not tell two owners apart: they would be one.
    if not owner or clean_text(owner) != owner:
        raise TypeError("owner must be a non-empty str without NUL, other control characters and halves of characters")
    return owner


def made_owner(connection: Connection, owner: str, now: int, *, makes: bool = True) -> int:
    """Answer the id of an owner who begins to be; where two write first at once, one waits for the other here.

    Where none may begin, whoever is not there has been erased: raises NotFoundError "owner_erased".
    """
    if not makes:
        raise NotFoundError("This owner has been erased.", code="owner_erased")
    insert_rows(connection, t.owners, ("key", "created_at"), [(owner, now)], or_ignore=True)
    return int(connection.scalar(select(t.owners.c.id).where(t.owners.c.key == owner)) or 0)


@dataclass(slots=True)
class KnownOwners:
    """Which id an owner has, remembered for a while; thread-safe."""

    _ids: dict[str, tuple[int, float]] = field(default_factory=dict)

    def get(self, owner: str) -> int:
        """Answer the id, 0 where it is not known or was looked up long ago."""
        known, until = self._ids.get(owner, (0, 0.0))
        return known if monotonic() < until else 0

    def put(self, owner: str, owner_id: int) -> None:
        """Remember an id; what is known already is not known for longer."""
        if self.get(owner) != owner_id:
            self._ids[owner] = owner_id, monotonic() + KNOWN_SECONDS

    def forget(self, owner: str) -> None:
        """Forget an id."""
        self._ids.pop(owner, None)
