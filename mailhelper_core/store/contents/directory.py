"""The directory store: one file a content, `file:///var/lib/mail`; written aside, then renamed."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from urllib.parse import unquote, urlsplit

from mailhelper_core.hookspecs import hookimpl
from mailhelper_core.model.mail.contents import BlobStoreType


@dataclass(frozen=True, slots=True)
class DirectoryStore:
    """Contents as files below a folder, 256 folders a level: a mailbox of a million stays readable."""

    folder: Path

    def put(self, key: str, data: bytes) -> None:
        """Write a file that is whole from its first moment, and on the disk when this returns."""
        path = self._path(key)
        made = [one.parent for one in (path.parent, path.parent.parent, self.folder) if not one.exists()]
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = path.with_name(f"{path.name}.{token_hex(4)}")
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
        for folder in (path.parent, *made):
            _sync(folder)

    def get(self, key: str) -> bytes:
        """Read a file."""
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError as exc:
            raise KeyError(key) from exc

    def delete(self, key: str) -> None:
        """Remove a file."""
        self._path(key).unlink(missing_ok=True)

    def clear(self, owner: str) -> None:
        """Remove an owner's folder, with what a process has left there that died while it wrote."""
        with suppress(FileNotFoundError):
            shutil.rmtree(self.folder / owner)

    def _path(self, key: str) -> Path:
        owner, _, name = key.partition("/")
        return self.folder / owner / name[:2] / name


def _sync(folder: Path) -> None:
    """Put a folder on the disk: what a file is named is kept there, not in the file."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _open(url: str) -> DirectoryStore:
    return DirectoryStore(Path(unquote(urlsplit(url).path)))


@hookimpl
def register_blob_stores() -> Sequence[BlobStoreType]:
    """Answer the store for `file:` URLs."""
    return [BlobStoreType("directory", ("file",), _open)]
