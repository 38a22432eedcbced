"""Secrets at rest: AES-256-GCM with the row's secret id as additional data, and keys that can be rotated."""

from __future__ import annotations

import base64
import binascii
import os
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from mailhelper_core.errors import ConfigError

KEY_BYTES = 32
NONCE_BYTES = 12  # NIST SP 800-38D: 96 bits is the length that GCM is made for
KEY_ID_BYTES = 4


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals with the first key, opens with any; keys never show in repr."""

    keys: tuple[bytes, ...] = field(repr=False)

    def seal(self, secret: str, secret_id: str) -> bytes:
        """Answer key id, nonce and ciphertext; only a row with the same secret_id can be opened."""
        key = self.keys[0]
        nonce = os.urandom(NONCE_BYTES)
        return key_id(key) + nonce + AESGCM(key).encrypt(nonce, secret.encode(), secret_id.encode())

    def open(self, sealed: bytes, secret_id: str) -> str:
        """Answer the secret; raise ConfigError when no key fits or the row was altered."""
        wanted, nonce = sealed[:KEY_ID_BYTES], sealed[KEY_ID_BYTES : KEY_ID_BYTES + NONCE_BYTES]
        key = next((key for key in self.keys if key_id(key) == wanted), None)
        if key is None:
            raise ConfigError("No key opens this secret; is this the key file of this database?", code="key")
        try:
            return AESGCM(key).decrypt(nonce, sealed[KEY_ID_BYTES + NONCE_BYTES :], secret_id.encode()).decode()
        except InvalidTag as exc:
            raise ConfigError("A sealed secret was altered; enter the password again.", code="sealed") from exc


def key_id(key: bytes) -> bytes:
    """Answer four octets that tell keys apart and reveal nothing."""
    return sha256(b"mailhelper key id" + key).digest()[:KEY_ID_BYTES]


def new_key() -> bytes:
    """Make a random key."""
    return os.urandom(KEY_BYTES)


def parse_key(text: str | bytes) -> bytes:
    """Read a key: 32 octets, or their base64. Raises ConfigError."""
    if isinstance(text, bytes) and len(text) == KEY_BYTES:
        return text
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as exc:
        raise ConfigError("The key is not base64.", code="key") from exc
    if len(key) != KEY_BYTES:
        raise ConfigError(f"The key has {len(key)} octets instead of {KEY_BYTES}.", code="key")
    return key


def read_keys(path: Path) -> tuple[bytes, ...]:
    """Read a key file: one base64 key a line, the current one first. Raises ConfigError."""
    try:
        lines = path.read_text("ascii").split()
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(f"The key file {path} cannot be read.", code="key_file") from exc
    if not lines:
        raise ConfigError(f"The key file {path} is empty.", code="key_file")
    return tuple(parse_key(line) for line in lines)


def write_keys(path: Path, keys: tuple[bytes, ...]) -> None:
    """Replace a key file atomically, mode 0600."""
    temporary = path.with_name(path.name + ".new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(b"".join(base64.b64encode(key) + b"\n" for key in keys))
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def create_key_file(path: Path) -> tuple[bytes, ...]:
    """Make a key file unless somebody was faster; answer its keys."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
    write_keys(temporary, (new_key(),))
    try:
        os.link(temporary, path)  # fails when the file exists: never overwrite a key
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
    return read_keys(path)
