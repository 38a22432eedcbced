"""Ask for the state of many mailboxes at once, where the server does not tell it with the listing (no LIST-STATUS)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mailhelper_core.model.source.remote import RemoteStatus, SurveyingSession
from mailhelper_core.sync.plan import Wanted
from mailhelper_core.sync.run import SyncRun

# Fewer are asked one by one: that takes two seconds where a round trip takes 100 ms, and shows where it breaks.
MANY = 20


def survey(run: SyncRun, wanted: Sequence[Wanted]) -> Mapping[str, RemoteStatus]:
    """Answer what the server tells of many mailboxes; the others are asked one by one, as `look` comes to them.

    So is each after a sync that failed: of many commands on their way nobody knows which broke the connection.
    """
    session = run.session
    names = [held.name for held, remote in wanted if remote.status is None]
    if len(names) < MANY or run.account.failures or not isinstance(session, SurveyingSession):
        return {}
    told: dict[str, RemoteStatus] = {}
    for name, status in run.beating(session.statuses(names)):
        told[name] = status
        if run.is_cancelled:
            break
    return told
