"""Drafts of replies, the styles that they are written in, and the owner's sent mail as an example."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, delete, exists, func, insert, or_, select, update

from mailhelper_core.errors import NotFoundError
from mailhelper_core.model.ai.reply import Draft, ReplyStyle
from mailhelper_core.model.work.report import Page
from mailhelper_core.store import tables as t
from mailhelper_core.store.paging import id_after
from mailhelper_core.store.unit_of_work import UnitOfWork, from_micros

_d, _s = t.drafts.c, t.reply_styles.c
_m, _p, _b = t.messages.c, t.placements.c, t.mailboxes.c

ASKED, MADE, SAVED = "asked", "made", "saved"


def add(uow: UnitOfWork, draft: Draft) -> int:
    """Write a draft and answer its id."""
    values = {"account_id": draft.account_id, "message_id": draft.message_id, "tone": draft.tone, "state": draft.state}
    made = insert(t.drafts).values(owner_id=uow.owner_id, created_at=uow.now, **values, **_text(draft))
    return int(uow.connection.scalar(made.returning(_d.id)) or 0)


def ask(uow: UnitOfWork, account_id: int, message_id: int, tone: str) -> None:
    """Let a reply be drafted by the replies stage, unless one is there already."""
    uow.lock_owner()  # two rules that act at once would both find none
    there = select(_d.id).where(_d.owner_id == uow.owner_id, _d.message_id == message_id).limit(1)
    if uow.one(there) is None:
        add(uow, Draft(0, account_id, message_id, tone, "asked"))


def fill(uow: UnitOfWork, draft_id: int, draft: Draft) -> bool:
    """Write what was made of a draft that was asked for; `none` leaves nothing.

    Answer False where another has made it since, whose text the owner may have changed or saved by now.
    """
    waits = and_(_mine(uow, draft_id), _d.state == ASKED)
    if draft.state == "none":
        return bool(uow.execute(delete(t.drafts).where(waits)).rowcount)
    return bool(uow.execute(update(t.drafts).where(waits).values(state=MADE, **_text(draft))).rowcount)


def get(uow: UnitOfWork, draft_id: int) -> tuple[Draft, str]:
    """Answer a draft and the body as it was made. Raises NotFoundError."""
    row = uow.one(select(t.drafts).where(_mine(uow, draft_id)))
    if row is None:
        raise NotFoundError(f"There is no draft {draft_id} for this owner.")
    return _draft(row), row.made


def page(uow: UnitOfWork, *, message_id: int | None, after: str | None, limit: int) -> Page[tuple[Draft, str]]:
    """Answer drafts with their bodies as made, newest first."""
    statement = select(t.drafts).where(_d.owner_id == uow.owner_id).order_by(_d.id.desc()).limit(limit + 1)
    if message_id is not None:
        statement = statement.where(_d.message_id == message_id)
    if after is not None:
        statement = statement.where(_d.id < id_after(after, "drafts"))
    rows = uow.execute(statement).all()
    items = tuple((_draft(row), str(row.made)) for row in rows[:limit])
    return Page(items, str(items[-1][0].id) if len(rows) > limit else None)


def asked(uow: UnitOfWork, account_id: int, limit: int, *, after: int = 0) -> list[Draft]:
    """Answer drafts that rules asked for, oldest first."""
    mine = (_d.owner_id == uow.owner_id, _d.account_id == account_id, _d.state == ASKED, _d.id > after)
    return [_draft(row) for row in uow.execute(select(t.drafts).where(*mine).order_by(_d.id).limit(limit))]


def edit(uow: UnitOfWork, draft_id: int, subject: str, body: str) -> None:
    """Change the text of a draft."""
    uow.execute(update(t.drafts).where(_mine(uow, draft_id)).values(subject=subject, body=body))


def saved(uow: UnitOfWork, draft_id: int, change_id: int) -> None:
    """Note that a draft is on its way to the server."""
    uow.execute(update(t.drafts).where(_mine(uow, draft_id)).values(state=SAVED, change_id=change_id))


def remove(uow: UnitOfWork, draft_id: int) -> None:
    """Delete a draft of ours; one at the server stays there."""
    uow.execute(delete(t.drafts).where(_mine(uow, draft_id)))


def styles(uow: UnitOfWork) -> list[ReplyStyle]:
    """Answer the owner's styles."""
    order = (_s.account_id, _s.tone, _s.language)
    return [
        _style(row) for row in uow.execute(select(t.reply_styles).where(_s.owner_id == uow.owner_id).order_by(*order))
    ]


def set_style(uow: UnitOfWork, style: ReplyStyle) -> None:
    """Write a style in place of the one for the same account, tone and language."""
    uow.lock_owner()  # who clicks twice has two requests, and both would find none to replace
    remove_style(uow, style.account_id, style.tone, style.language)
    values = {name: getattr(style, name) for name in ReplyStyle.__slots__}
    uow.execute(insert(t.reply_styles).values(owner_id=uow.owner_id, **values))


def remove_style(uow: UnitOfWork, account_id: int, tone: str, language: str) -> bool:
    """Delete a style; answer whether there was one."""
    mine = and_(_s.owner_id == uow.owner_id, _s.account_id == account_id, _s.tone == tone, _s.language == language)
    return bool(uow.execute(delete(t.reply_styles).where(mine)).rowcount)


def sent_ids(uow: UnitOfWork, account_id: int, addresses: Sequence[str], limit: int) -> list[int]:
    """Answer the newest mails of an account that its owner wrote.

    Anybody can write the owner's address into a mail: what lies in a mailbox for sent mail counts, where there is one.
    """
    if not addresses:
        return []
    mine = (_m.account_id == account_id, _m.owner_id == uow.owner_id, _m.orphaned_at.is_(None))
    own = func.lower(_m.from_addr).in_([address.lower() for address in addresses])
    for_sent = and_(_b.account_id == account_id, _b.role == "sent", _b.gone_at.is_(None))
    lies_there = exists().where(_p.message_id == _m.id, _p.mailbox_id == _b.id, for_sent)
    credible = or_(lies_there, ~exists().where(for_sent))
    found = select(_m.id).where(*mine, own, credible).order_by(_m.sort_at.desc(), _m.id.desc()).limit(limit)
    return list(uow.connection.scalars(found))


def _text(draft: Draft) -> dict[str, Any]:
    return {
        "language": draft.language, "mail_type": draft.mail_type, "subject": draft.subject, "body": draft.body,
        "made": draft.body, "made_by": draft.made_by, "note": draft.note,
    }  # fmt: skip


def _mine(uow: UnitOfWork, draft_id: int) -> Any:
    return and_(_d.id == draft_id, _d.owner_id == uow.owner_id)


def _draft(row: Row[Any]) -> Draft:
    return Draft(
        row.id, row.account_id, row.message_id, row.tone, row.state, row.language, row.mail_type, row.subject, row.body,
        row.made_by, note=row.note, created_at=from_micros(row.created_at),
    )  # fmt: skip


def _style(row: Row[Any]) -> ReplyStyle:
    return ReplyStyle(
        row.account_id, row.tone, row.language, row.salutation, row.closing, row.signature, row.instructions
    )
