"""BlobStore: where raw messages lie when they lie outside the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable


class BlobStore(Protocol):
    """Keeps octets by key; called from many threads and processes at once, each key is written once.

    Keys are ASCII letters, digits, `-` and one `/`. What `put` has returned for must survive a crash.
    """

    def put(self, key: str, data: bytes) -> None:
        """Keep octets under a key."""
        ...

    def get(self, key: str) -> bytes:
        """Answer the octets; raise KeyError when there are none."""
        ...

    def delete(self, key: str) -> None:
        """Forget a key; one that is not there is no error."""
        ...


@runtime_checkable
class ClearableBlobStore(Protocol):
    """A BlobStore that can forget all of an owner at once; test with isinstance."""

    def clear(self, owner: str) -> None:
        """Forget all keys that begin with `owner` and a stroke, also those that nothing refers to."""
        ...


@dataclass(frozen=True, slots=True)
class BlobStoreType:
    """Opens blob stores: `open(url)` answers one for a URL of these schemes."""

    name: str
    schemes: tuple[str, ...]
    open: Callable[[str], BlobStore]
