"""Recovery codes lie sealed in the database, as TOTP secrets do: each is as good as a password's second half."""

from __future__ import annotations

from cryptography.fernet import Fernet
from sqlalchemy import Engine, Integer, Text, column, select, table, update

# As text: the model's own type takes them apart.
_USERS = table("web_users", column("id", Integer), column("mf_recovery_codes", Text))
_CODES = _USERS.c.mf_recovery_codes
# What a Fernet token begins with: its version, 0x80, and the upper octets of a time (github.com/fernet/spec).
_CLEAR = (_CODES != "") & _CODES.not_like("gAAAA%")


def seal_recovery_codes(engine: Engine, key: bytes) -> None:
    """Seal the codes that an earlier version kept in clear; they go on working."""
    with engine.connect() as connection:
        found = connection.execute(select(_USERS).where(_CLEAR)).all()
    for user_id, clear in found:
        sealed = ",".join(Fernet(key).encrypt(code.encode()).decode() for code in clear.split(","))
        # Unless a code was used, or another process sealed them, since they were read.
        as_read = (_USERS.c.id == user_id) & (_USERS.c.mf_recovery_codes == clear)
        with engine.begin() as connection:
            connection.execute(update(_USERS).where(as_read).values(mf_recovery_codes=sealed))
