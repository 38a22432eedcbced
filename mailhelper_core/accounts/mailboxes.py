"""What a login can be synced of: which mailboxes open, which stay out, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mailhelper_core.errors import ServerError, ends_connection
from mailhelper_core.model.mail.text import clean_text
from mailhelper_core.model.source.account import AccountPolicy
from mailhelper_core.model.source.directory import is_storable_name
from mailhelper_core.model.source.held import BREAKS_CONNECTION, HeldMailbox
from mailhelper_core.model.source.policy import INBOX, named_in_vain, why_not
from mailhelper_core.model.source.remote import MailSession, RemoteMailbox

# One that is in use or damaged stops no sync; a server that refuses three refuses the login.
TRIES = 3
# Of those that no sync could look at so many are opened, to hear why; a person waits for the answer.
UNSEEN_TRIES = 20


def not_synced(
    session: MailSession, found: Sequence[RemoteMailbox], policy: AccountPolicy, held: Sequence[HeldMailbox]
) -> tuple[tuple[str, str], ...]:
    """Name what stays out and why; with names of the policy that the server does not know.

    Some mailboxes are opened for it. Raises ServerError when none of the first few can be.
    """
    given_up = {one.name: BREAKS_CONNECTION for one in held if one.is_given_up}
    given_up |= {one.name: "restless" for one in held if one.is_restless}
    refused = _try_first(session, found, given_up)
    wanted = [one for one in found if not (_reason(one, policy, given_up) or one.name in refused)]
    refused |= _try_unseen(session, wanted, held)
    reasons = [(clean_text(box.name), _reason(box, policy, given_up | refused)) for box in found]
    absent = [policy.include[number - 1] for number in named_in_vain(policy, [box.name for box in found])]
    return (*((name, reason) for name, reason in reasons if reason), *((name, "no_mailbox") for name in absent))


def _reason(box: RemoteMailbox, policy: AccountPolicy, refused: Mapping[str, str]) -> str:
    if not box.selectable:
        return "not_selectable"
    unstorable = "" if is_storable_name(box.name) else "odd_name"
    return why_not(box.name, policy) or unstorable or refused.get(box.name, "")


def _try_first(session: MailSession, found: Sequence[RemoteMailbox], given_up: Mapping[str, str]) -> dict[str, str]:
    """Open INBOX, or where it cannot be had another one; answer those that never can be, and why.

    A server that refuses a login as a whole often does so here: raises ServerError when none of them can be had.
    """
    names = [box.name for box in found if box.selectable and box.name not in given_up]
    refused: list[tuple[str, ServerError]] = []
    for name in sorted(names, key=lambda one: one != INBOX)[:TRIES]:
        try:
            session.open(name)
        except ServerError as exc:
            if ends_connection(exc):
                raise
            refused.append((name, exc))
        else:
            return {name: exc.code for name, exc in refused if not exc.transient}
    if refused:
        raise refused[0][1]
    return {}


def _try_unseen(session: MailSession, wanted: Sequence[RemoteMailbox], held: Sequence[HeldMailbox]) -> dict[str, str]:
    """Open the mailboxes that no sync could look at, and answer why those that never can be had are refused."""
    refused: dict[str, str] = {}
    for name in list(_unseen(wanted, held))[:UNSEEN_TRIES]:
        try:
            session.open(name)
        except ServerError as exc:
            if ends_connection(exc):
                break  # what it is about this mailbox, the next sync finds out
            if not exc.transient:
                refused[name] = exc.code
    return refused


def _unseen(wanted: Sequence[RemoteMailbox], held: Sequence[HeldMailbox]) -> Iterator[str]:
    """Yield the names of mailboxes that may hold mail, and of which the syncs that there were have seen nothing."""
    never = {one.name for one in held if not (one.seen.uid_validity or one.is_suspected)}
    for box in wanted:
        may_hold_mail = box.status is None or box.status.messages
        has_no_number = box.status is not None and not box.status.uid_validity
        if has_no_number or (may_hold_mail and box.name in never):
            yield box.name
