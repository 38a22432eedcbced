"""Keyring: where the key of a database comes from, read on first use, and how it is replaced."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from mailhelper_core.errors import ConfigError
from mailhelper_core.store.forked import OwnLock
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.plugins import settings
from mailhelper_core.store.sealed import Sealer, create_key_file, new_key, parse_key, read_keys, write_keys
from mailhelper_core.store.unit_of_work import Store


@dataclass(slots=True)
class Keyring:
    """Reads the key once; thread-safe. `path` is the key file, given or beside a SQLite file."""

    key: str | bytes | None = field(default=None, repr=False)
    path: Path | None = None
    _sealer: Sealer | None = field(default=None, repr=False)
    _lock: OwnLock = field(default_factory=OwnLock, repr=False)

    def sealer(self) -> Sealer:
        """Answer the sealer. Raises ConfigError when no key is configured or the file cannot be read."""
        with self._lock:
            if self._sealer is None:
                self._sealer = Sealer(self._read())
            return self._sealer

    def create(self) -> None:
        """Make the key file of a new database, unless a key was given or the file exists."""
        if self.key is None and self.path is not None and not self.path.exists():
            create_key_file(self.path)

    def rotate(self, store: Store) -> int:
        """Replace the key and seal every secret with the new one; answer how many.

        The file holds both keys until the last secret is sealed: killed half-way, everything still opens.
        """
        if self.key is not None or self.path is None:
            raise ConfigError("Only a key file can be rotated: give key_file= instead of key=.", code="key")
        old = read_keys(self.path)
        keys = (new_key(), *old)
        write_keys(self.path, keys)
        with store.begin() as connection:
            sealer = Sealer(keys)
            count = accounts.reseal(connection, sealer) + settings.reseal(connection, sealer)
        write_keys(self.path, keys[:1])
        with self._lock:
            self._sealer = Sealer(keys[:1])
        return count

    def _read(self) -> tuple[bytes, ...]:
        if self.key is not None:
            return (parse_key(self.key),)
        if self.path is None:
            raise ConfigError("To keep passwords set key=, key_file= or MAILHELPER_KEY_FILE.", code="key")
        return read_keys(self.path)
