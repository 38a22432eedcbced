"""Raw messages outside the database: written before the transaction that refers to them, forgotten after one.

The row of a content stays in `blobs`; instead of octets it holds a mark and a key. Every writing has a key of its own,
so that whoever forgets a content cannot forget what another has just written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from secrets import token_hex
from typing import TypeVar

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.errors import NotFoundError, PluginError
from mailhelper_core.model.mail.contents import BlobStore, ClearableBlobStore

T = TypeVar("T")

# Compressed octets never begin so: a zstd frame begins with 28 B5 2F FD.
MARK = b"@"
# Stands for octets that were lost before they came here, by an archive: a mark without a key.
GONE = MARK
KIND = "contents"
_LOST = object()


@dataclass(frozen=True, slots=True)
class Contents:
    """A blob store, isolated: what it raises is a PluginError that can be tried again."""

    plugin: str
    name: str
    store: BlobStore
    dispatcher: Dispatcher

    def put(self, owner: str, digest: bytes, data: bytes) -> bytes:
        """Keep octets and answer what stands for them in the database."""
        key = f"{_folder(owner)}/{digest.hex()}-{token_hex(4)}"
        self._call(lambda: self.store.put(key, data))
        return MARK + key.encode()

    def get(self, key: str) -> bytes:
        """Answer octets; raise NotFoundError when the store has lost them."""
        data: object = self._call(lambda: self._found(key))
        if data is _LOST:
            raise lost()
        if not isinstance(data, bytes):
            raise self.dispatcher.reject(
                self.plugin, self.name, f"answered {type(data).__name__}, not bytes", kind=KIND
            )
        return data

    def forget(self, keys: Iterable[str]) -> None:
        """Delete octets that nothing refers to any more; what cannot be deleted stays behind."""
        for key in keys:
            with suppress(PluginError):
                self._call(lambda key=key: self.store.delete(key))  # type: ignore[misc]

    def _found(self, key: str) -> object:
        try:
            return self.store.get(key)
        except KeyError:  # what it is to raise where nothing is: no failure of its own
            return _LOST

    def clear(self, owner: str) -> None:
        """Delete all octets of an owner, also those that a process has left that died beside its transaction."""
        store = self.store
        if isinstance(store, ClearableBlobStore):
            self._call(lambda: store.clear(_folder(owner)))

    def _call(self, function: Callable[[], T]) -> T:
        try:
            return self.dispatcher.call(self.plugin, self.name, function, kind=KIND)
        except PluginError as exc:
            exc.transient = True
            raise


def lost() -> NotFoundError:
    """Answer what is raised for octets that are kept nowhere."""
    return NotFoundError("The content of this message is not kept any more.", code="content_lost")


def _folder(owner: str) -> str:
    return sha256(owner.encode()).hexdigest()[:16]


def key_in(data: bytes) -> str | None:
    """Answer the key that stands for octets outside, "" for lost ones, None where the octets themselves stand."""
    return data[len(MARK) :].decode() if data.startswith(MARK) else None
