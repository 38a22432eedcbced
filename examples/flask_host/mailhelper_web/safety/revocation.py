"""What ends when somebody else may have got in: all that opens a user's mail without the password."""

from __future__ import annotations

from uuid import uuid4

from flask import current_app

from mailhelper_web.users import User
from mailhelper_web.visitor import users


def end_all_access(user: User) -> None:
    """End a user's sessions, log-ins that wait for a second code, addresses for a new password, and the API's token.

    Sessions go by `fs_uniquifier`: under another, one that is still read from a copy is nobody's.
    """
    user.fs_uniquifier = uuid4().hex
    user.api_token_digest = None
    # First: SQLite lets nobody else write before this is done.
    users().commit()
    current_app.extensions["sessions"].end_all(user.owner)
