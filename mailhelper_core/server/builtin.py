"""The built-in plugin of mail sources: IMAP, Maildir, mbox."""

from __future__ import annotations

from collections.abc import Sequence

from mailhelper_core.hookspecs import hookimpl
from mailhelper_core.model.extension import SourceType
from mailhelper_core.server.imap.connection import connect_imap
from mailhelper_core.server.maildir import connect_maildir
from mailhelper_core.server.mbox import connect_mbox


@hookimpl
def register_sources() -> Sequence[SourceType]:
    """Answer the sources that need no plugin."""
    return [
        SourceType("imap", ("imap", "imaps"), connect_imap, needs_secret=True),
        SourceType("maildir", ("maildir",), connect_maildir),
        SourceType("mbox", ("mbox",), connect_mbox),
    ]
