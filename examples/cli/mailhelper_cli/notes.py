"""What went wrong in a sync without stopping it, with the names that its owner knows in place of numbers."""

from __future__ import annotations

from collections.abc import Sequence

from mailhelper_cli.context import Context
from mailhelper_cli.sentences import note_line
from mailhelper_core import Account, ErrorNote


def named_notes(context: Context, account: Account, notes: Sequence[ErrorNote]) -> list[str]:
    """Say each note: `include:2` as the name that the policy has there, `mailbox:3` as the mailbox's."""
    names = {f"include:{number}": name for number, name in enumerate(account.policy.include, start=1)}
    if any(note.where.startswith("mailbox:") for note in notes):
        names |= {f"mailbox:{box.id}": box.name for box in context.services.accounts.mailboxes(account.id)}
    return [note_line(ErrorNote(names.get(note.where, note.where), note.code, note.message)) for note in notes]
