"""Whether others have changed a message since a rule decided about it: then the rule gives way; pure.

Where the message still is where the rule saw it, the server decides by the number of its last change (RFC 7162,
UNCHANGEDSINCE). Where it arrived since, moved by anyone or numbered anew, that number says nothing: there the keywords
that it carries must be those that the rule saw. What was changed and changed back around a move is not noticed.

A rule's move gives way where others took the message out of the mailboxes in which the rule knew it, and so does that
of an undo: what its owner did by hand since is no longer ours to take back. The owner's own moves note no mailboxes.
"""

from __future__ import annotations

from mailhelper_core.model.work.operation import AddKeyword, RemoveKeyword
from mailhelper_core.store.work.delivery import Located
from mailhelper_core.store.work.outbox import OutboxRow

UNCONDITIONAL = 0


def unchanged_since(row: OutboxRow, place: Located) -> int | None:
    """Answer the mod_seq above which the server shall refuse; None where the place must be looked at first."""
    if row.decided_by == "owner":
        return UNCONDITIONAL
    if number := row.decided_on.get(place.mailbox_id):
        return number
    if not row.decided_keywords:  # decided before they were noted: there is nothing to compare
        return UNCONDITIONAL
    return place.seen_mod_seq or None


def is_outdated(row: OutboxRow, place: Located) -> bool:
    """Say whether it is known already that others changed what a rule decided about."""
    if row.decided_by == "owner" or not isinstance(row.operation, AddKeyword | RemoveKeyword):
        return False
    if number := row.decided_on.get(place.mailbox_id):
        return number < place.mod_seq
    return place.mod_seq > 0 and bool(row.decided_keywords) and place.keywords not in row.decided_keywords


def is_elsewhere(row: OutboxRow, place: Located) -> bool:
    """Say whether others have moved a message since a rule, or an undo, decided where it belongs."""
    return bool(row.decided_keywords) and place.mailbox_id not in row.decided_on
