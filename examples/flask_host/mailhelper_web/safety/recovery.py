"""Recovery codes lie sealed in the database, as TOTP secrets do: each is as good as a password's second half, once."""

from __future__ import annotations

from typing import Any, cast

from cryptography.fernet import Fernet
from flask import abort, current_app, redirect
from flask_security import MfRecoveryCodesUtil, UserMixin, url_for_security
from sqlalchemy import CursorResult, Engine, Integer, Text, column, select, table, update
from sqlalchemy.orm import Session, scoped_session

from mailhelper_web.users import User

# As text: the model's own type takes them apart.
_USERS = table("web_users", column("id", Integer), column("mf_recovery_codes", Text))
_CODES = _USERS.c.mf_recovery_codes
# What a Fernet token begins with: its version, 0x80, and the upper octets of a time (github.com/fernet/spec).
_CLEAR = (_CODES != "") & _CODES.not_like("gAAAA%")


class OneTimeCodes(MfRecoveryCodesUtil):
    """A recovery code opens the door once, also to those who come with it at the same moment."""

    def delete_recovery_code(self, user: UserMixin, code: str) -> bool:
        """Use a code up; whoever comes second with it is led back to the page that asks for one."""
        session: scoped_session[Session] = current_app.extensions["users"]
        mine = _USERS.c.id == cast("User", user).id
        while True:
            stored = session.scalar(select(_CODES).where(mine)) or ""
            codes = stored.split(",")
            kept = [one for one in codes if self._decrypt_codes([one]) != [code]]
            if len(kept) == len(codes):
                abort(redirect(url_for_security("mf_recovery"), 303))
            # Unless a code was used since they were read: then they are read again.
            as_read = mine & (_USERS.c.mf_recovery_codes == stored)
            used = session.execute(update(_USERS).where(as_read).values(mf_recovery_codes=",".join(kept)))
            if cast("CursorResult[Any]", used).rowcount:
                session.refresh(user, ["mf_recovery_codes"])
                return True


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
