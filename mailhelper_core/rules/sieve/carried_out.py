"""What a script decided on a stored message, as operations: copies, a move, and the flags of each place; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from mailhelper_core.model.mail.keyword import DELETED, normalize_keyword
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.source.directory import Directory
from mailhelper_core.model.work.operation import AddKeyword, CopyMessage, MoveMessage, Operation, RemoveKeyword
from mailhelper_core.model.work.overlay import out_of_sight
from mailhelper_core.sieve.action import Decision, Discard, FileInto, Keep

_Change = tuple[type[AddKeyword | RemoveKeyword], str]


def operations(message: MessageDetail, decision: Decision, directory: Directory) -> list[Operation]:
    """All but the last mailbox get a copy; where nothing keeps it where it lies, the message itself moves there.

    To file a message where it lies keeps it, whatever else becomes of it (RFC 5228 4.1).
    Flags that all places get, or lose, change at first, on the message; those of one place when it is there.
    """
    deeds = [action for action in decision.actions if isinstance(action, Keep | FileInto)]
    files = [_mailbox(action, directory) for action in deeds if isinstance(action, FileInto)]
    here = {place.mailbox for place in message.places}
    keeps = len(files) < len(deeds) or not here.isdisjoint(files)
    changes = [_changes(message, deed, decision.named) for deed in deeds]
    common = [one for one in changes[0] if all(one in every for every in changes)] if deeds else []
    found: list[Operation] = [make(message.id, keyword) for make, keyword in common]
    found += [CopyMessage(message.id, name) for name in (files if keeps else files[:-1]) if name not in here]
    if files and not keeps:
        found.append(MoveMessage(message.id, files[-1]))
    for deed, own in zip(deeds, changes, strict=True):
        for make, keyword in own:
            if (make, keyword) not in common:
                found += [make(message.id, keyword, mailbox=name) for name in _places(message, deed, directory)]
    if not files and not keeps and any(isinstance(action, Discard) for action in decision.actions):
        found += out_of_sight(message.id, message.places)
    return found


def _changes(message: MessageDetail, deed: Keep | FileInto, named: Collection[str]) -> list[_Change]:
    """Answer what becomes of the keywords in a deed's place; what the script did not name stays as it was."""
    wanted = _keywords(deed.flags)
    if deed.has_own_flags:
        return [(AddKeyword, keyword) for keyword in wanted]
    known = _keywords(named)
    gone = sorted(keyword for keyword in message.keywords.intersection(known) if keyword not in wanted)
    return [*((AddKeyword, one) for one in wanted if one in known), *((RemoveKeyword, one) for one in gone)]


def _keywords(flags: Iterable[str]) -> list[str]:
    found = dict.fromkeys(map(normalize_keyword, flags))
    return [keyword for keyword in found if keyword and keyword != DELETED]


def _places(message: MessageDetail, deed: Keep | FileInto, directory: Directory) -> Iterator[str]:
    """Yield the names of the mailboxes that a deed leaves the message in."""
    if isinstance(deed, FileInto):
        yield _mailbox(deed, directory)
    else:
        yield from dict.fromkeys(place.mailbox for place in message.places)


def _mailbox(action: FileInto, directory: Directory) -> str:
    """Answer where a mail is filed: the mailbox of the special use where there is one, else the one named (RFC 8579 4).

    Where several have that use, the named one is taken if it is among them.
    """
    role = action.special_use.removeprefix("\\").lower()
    there = [mailbox.name for mailbox in directory.mailboxes if role and mailbox.role == role]
    named = directory.find(action.mailbox).mailbox
    return named if named in there or not there else there[0]
