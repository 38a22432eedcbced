"""Ask for the state of many mailboxes at once, where the server does not tell it with the listing (no LIST-STATUS)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mailhelper_core.errors import ServerError
from mailhelper_core.model.source.remote import RemoteStatus, SurveyingSession
from mailhelper_core.sync.plan import Wanted
from mailhelper_core.sync.run import SyncRun
from mailhelper_core.sync.suspicion import THE_MAILBOX, accuse_message

# Fewer are asked one by one: that takes two seconds where a round trip takes 100 ms, and shows where it breaks.
MANY = 20
# Failures in a row after which each is asked alone: the one that was suspected after the first was not it.
FAILURES = 2


def is_many(run: SyncRun, wanted: Sequence[Wanted]) -> bool:
    """Say whether so many states are unknown that they are asked for together."""
    return sum(remote.status is None for _, remote in wanted) >= MANY and run.account.failures < FAILURES


def survey(run: SyncRun, wanted: Sequence[Wanted]) -> Mapping[str, RemoteStatus]:
    """Answer what the server tells of some of many mailboxes; the others are asked one by one, as `look` comes to them.

    Servers answer in order, so where the connection breaks the first that is awaited is suspected, and comes last in
    the next sync. It may be one that was only refused: should that sync break too, each is asked alone.
    """
    session = run.session
    unknown = {held.name: held for held, remote in wanted if remote.status is None}
    if not unknown or run.tells_states is False or not isinstance(session, SurveyingSession):
        return {}
    told: dict[str, RemoteStatus] = {}
    try:
        for name, status in run.beating(session.statuses(list(unknown))):
            told[name], run.tells_states = status, True
            if run.is_cancelled:
                break
    except ServerError as exc:
        awaited = [held for name, held in unknown.items() if name not in told]
        if awaited:
            accuse_message(run, awaited[0], THE_MAILBOX, exc)
        raise
    return told
