"""Which words the columns of an archive's rows may hold: whoever reads another one may fail, or see it for ever."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import get_args

from sqlalchemy import Table

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.ai.egress import Level
from mailhelper_core.model.ai.provider import Purpose
from mailhelper_core.model.ai.reply import DraftState, MailType, Tone
from mailhelper_core.model.mail.message import ParseStatus
from mailhelper_core.model.mind.learning import TASKS, ModelState
from mailhelper_core.model.rules.rule import RuleMode, read_delay
from mailhelper_core.model.rules.schedule import read_schedule
from mailhelper_core.model.source.account import AccountState
from mailhelper_core.model.work.operation import OPERATION_TYPES, ChangeState, DecidedBy, OperationState
from mailhelper_core.store import tables as t
from mailhelper_core.store.bulk import Value
from mailhelper_core.store.mind import observations, suggestions
from mailhelper_core.store.moving import catalog
from mailhelper_core.store.search.find import Sort
from mailhelper_core.store.search.vectors import ProfileState
from mailhelper_core.store.work.pending import Stage

_LEVELS = ("1", "2", "3")
# "table.column" -> its words. A word that a later program adds comes with a revision of the schema, so that this
# program tells its archive from a damaged one.
WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "owners.rule_mode": get_args(RuleMode),
        "accounts.state": get_args(AccountState),
        "messages.parse_status": get_args(ParseStatus),
        "messages.urgency": _LEVELS,
        "messages.importance": _LEVELS,
        "message_tags.set_by": get_args(DecidedBy),
        "changes.state": get_args(ChangeState),
        "outbox.kind": tuple(OPERATION_TYPES),
        "outbox.decided_by": get_args(DecidedBy),
        "outbox.state": get_args(OperationState),
        "pending.stage": get_args(Stage),
        "observations.kind": get_args(observations.Kind),
        "learned_models.state": get_args(ModelState),
        "embedding_profiles.state": get_args(ProfileState),
        "tag_suggestions.state": get_args(suggestions.State),
        "saved_searches.sort": (*get_args(Sort), "relevance"),
        "reply_styles.tone": ("", *get_args(Tone)),
        "drafts.tone": get_args(Tone),
        "drafts.state": get_args(DraftState),
        "drafts.mail_type": ("", *get_args(MailType)),
        "egress_log.purpose": get_args(Purpose),
        "egress_log.level": get_args(Level),
    }
)
# Columns of short texts that have no such list, and why.
OPEN: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(
            ("changes.kind", "events.kind", "corrections.signal", "egress_log.outcome", "mailboxes.role"),
            "is shown and compared; a word that nobody knows is none of those that mean something",
        ),
        **dict.fromkeys(
            (
                "opinions.kind", "corrections.kind", "kept_corrections.kind", "learn_examples.kind",
                "learned_models.task",
            ),
            "may be a plugin's own question",
        ),
        **dict.fromkeys(("accounts.state_code", "outbox.error_code"), "is the code of an error, a plugin's too"),
        **dict.fromkeys(
            ("owners.key", "saved_searches.folded", "tags.folded", "tag_suggestions.folded", "mailboxes.name"),
            "is a name that somebody chose",
        ),
        **dict.fromkeys(
            ("tags.color", "tags.keyword", "messages.category", "messages.provider_kinds"),
            "is shown as it is",
        ),
        **dict.fromkeys(
            (
                "egress_log.provider", "egress_log.model", "egress_log.digest", "embedding_profiles.name",
                "embedding_profiles.version", "opinions.said_by", "opinions.version", "suggested_tags.said_by",
                "drafts.made_by", "attachments.part", "accounts.secret_id",
            ),
            "is the name or the version of something",
        ),
        **dict.fromkeys(
            ("messages.remote_id", "messages.from_domain", "messages.list_id"), "is what a server or a mail says"
        ),
        "owners.time_zone": "may be known to another machine; here it is UTC then",
        **dict.fromkeys(
            ("owners.language", "reply_styles.language", "messages.language", "drafts.language"),
            "is the tag of a language, of which there is no list",
        ),
    }
)  # fmt: skip
# What must be readable as something, by the reader that the rest of the program takes.
READ_BY: Mapping[str, Callable[[str], object]] = MappingProxyType(
    {"rules.delay": read_delay, "rules.schedule": read_schedule}
)
# The questions whose answers are a list, and where answers stand.
ANSWERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {kind: TASKS[kind] for kind in ("spam", "urgency", "importance", "reply")}
)
ANSWERED = ("corrections", "kept_corrections", "learn_examples")


def problem(table: Table, row: Mapping[str, Value]) -> tuple[str, str] | None:
    """Answer a column that holds what it cannot, and what it may hold; None for a row that is well."""
    name = catalog.short(table)
    for column, value in row.items():
        allowed = _allowed(f"{name}.{column}", row)
        if allowed and str(value) not in allowed and not (value is None and table.c[column].nullable):
            return column, f"none of {', '.join(word or 'the empty word' for word in allowed)}"
        read = READ_BY.get(f"{name}.{column}")
        try:
            if read is not None:
                read(str(value))
        except InvalidError as exc:
            return column, f"not to be read: {str(exc).removesuffix('.')}"
    return _was_problem(row) if table is t.corrections else None


def _allowed(place: str, row: Mapping[str, Value]) -> tuple[str, ...]:
    name, _, column = place.partition(".")
    if column == "value" and name in ANSWERED:
        return ANSWERS.get(str(row.get("kind")), ())
    return WORDS.get(place, ())


def _was_problem(row: Mapping[str, Value]) -> tuple[str, str] | None:
    """Look at what held before a correction: an answer, or of spam the chance that was shown."""
    kind, was = str(row.get("kind")), row.get("was")
    allowed = ANSWERS.get(kind, ())
    if was is None or not allowed or str(was) in allowed:
        return None
    if kind == "spam" and _is_chance(str(was)):
        return None
    return "was", f"none of {', '.join(allowed)}"


def _is_chance(text: str) -> bool:
    try:
        return 0 <= float(text) <= 1
    except ValueError:
        return False
