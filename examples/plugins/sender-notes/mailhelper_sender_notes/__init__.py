"""Notes about senders, in a table of the plugin's own: a rule writes one, each later mail of the sender bears it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    delete,
    insert,
    select,
)

from mailhelper_core import (
    ActionType,
    Classifier,
    Context,
    Effect,
    MessageDetail,
    Opinion,
    PluginTables,
    ReadyRule,
    Rule,
    hookimpl,
)

MAX_CHARACTERS = 200

METADATA = MetaData()
# A note belongs to the mail whose rule wrote it, so that `undo` takes back this one and the one before counts again.
NOTES = Table(
    "mailhelper_x_sender_notes_notes",
    METADATA,
    # SQLite numbers rows by itself only where the type is INTEGER.
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("owner", String, nullable=False),  # a column of this name: `ada.erase()` takes the owner's rows along
    Column("address", String, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    Column("note", String(MAX_CHARACTERS), nullable=False),
    UniqueConstraint("owner", "address", "message_id", "note", name="uq_mailhelper_x_sender_notes_notes"),
)


@hookimpl
def register_tables() -> Sequence[PluginTables]:
    """Answer the table, and where its revisions lie."""
    return [PluginTables("sender-notes", METADATA, "mailhelper_sender_notes:versions")]


@hookimpl
def register_actions() -> Sequence[ActionType]:
    """Answer the action that writes a note."""
    help_ = "note something about the sender: shown with all later mail of theirs"
    return [ActionType("note-sender", plan, argument=read_note, deliver=deliver, undo=take_back, help=help_)]


@hookimpl
def register_classifiers() -> Sequence[Classifier]:
    """Answer the classifier that reads them."""
    return [Classifier("sender-note", classify, kinds=("note",))]


@hookimpl
def register_rules() -> Sequence[ReadyRule]:
    """Answer a rule that notes who writes in person for the first time."""
    rule = Rule("note-newcomers", when="category:people", then=[("note-sender", "has written in person"), "keep"])
    return [ReadyRule("note-newcomers", "Note of senders that they have written in person", rule)]


def plan(message: MessageDetail, note: str) -> Sequence[Effect]:
    """Plan the note; what it is about is decided now. Without an address there is nobody to note anything of."""
    address = message.from_.addr_spec.lower()
    return [Effect(message.id, "note-sender", json.dumps({"address": address, "note": note}))] if address else []


def deliver(effect: Effect, context: Context) -> None:
    """Write the note; a second time changes nothing."""
    values = _values(effect, context)
    with _begun(context) as connection:
        if not connection.scalar(select(NOTES.c.id).filter_by(**values)):
            connection.execute(insert(NOTES).values(**values))


def take_back(effect: Effect, context: Context) -> None:
    """Delete the note; the one before it counts again."""
    with _begun(context) as connection:
        connection.execute(delete(NOTES).filter_by(**_values(effect, context)))


def classify(messages: Sequence[MessageDetail], context: Context) -> list[Opinion | None]:
    """Answer the newest note about each sender."""
    addresses = {message.from_.addr_spec.lower() for message in messages} - {""}
    if not addresses:
        return [None] * len(messages)
    wanted = (NOTES.c.owner == context.owner, NOTES.c.address.in_(sorted(addresses)))
    with _begun(context) as connection:
        rows = connection.execute(select(NOTES.c.address, NOTES.c.note).where(*wanted).order_by(NOTES.c.id)).all()
    newest = {address: note for address, note in rows}
    return [_opinion(newest, message.from_.addr_spec.lower()) for message in messages]


def read_note(text: str) -> str:
    """Read the action's argument."""
    note = " ".join(text.split())
    if not 0 < len(note) <= MAX_CHARACTERS:
        raise ValueError(f"a note has 1 to {MAX_CHARACTERS} characters")
    return note


def _opinion(newest: Mapping[str, str], address: str) -> Opinion | None:
    return Opinion("note", newest[address], 1.0, ("sender",)) if address in newest else None


def _values(effect: Effect, context: Context) -> dict[str, object]:
    return {"owner": context.owner, "message_id": effect.message_id, **json.loads(effect.data)}


def _begun(context: Context) -> AbstractContextManager[Connection]:
    assert context.begin is not None, "a plugin that registers tables is handed transactions"  # noqa: S101
    return context.begin()
