"""What becomes of each table when a database is copied, and when an owner is archived or erased.

Ways to the owner and references come from the tables themselves; what they do not say stands here. A habit test
fails for a table or a column of ids that nobody has thought about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from sqlalchemy import ColumnElement, Table, select

from mailhelper_core.errors import ConfigError
from mailhelper_core.model.plugin_tables import PluginTables
from mailhelper_core.store import tables as t
from mailhelper_core.store.schema.kin import parents

# Not copied into another database, and why.
NOT_COPIED: Mapping[str, str] = MappingProxyType({"meta": "is about one database", "watchers": "says who listens now"})
# Neither archived nor found in an archive, and why.
NOT_ARCHIVED: Mapping[str, str] = MappingProxyType(
    {
        "meta": "is about one database",
        "leases": "says who works now",
        "watchers": "says who listens now",
        "jobs": "is work of one installation",
        "job_turns": "is work of one installation",
        "plugin_sets": "is about one installation",
        "plugin_workers": "says who works now",
        "plugin_settings": "may hold secrets, sealed with the key of one installation",
        "egress_owners": "is a secret and a budget of one installation",
        "egress_consents": "was given to one installation",
        "shared_deltas": "is shared with the owners of one installation",
        "egress_pseudonyms": "stands for what one installation has sent",
    }
)
# Rows that belong to no owner, and what `erase` does about them.
NOT_OWNED: Mapping[str, str] = MappingProxyType(
    {
        "meta": "is about one database",
        "leases": "holds ids only; those of an owner go by their names",
        "plugin_sets": "holds names of plugins",
        "plugin_workers": "holds names of plugins and processes",
        "watchers": "holds names of hosts",
    }
)
# References that no foreign key says: table.column -> table.
REFERENCES: Mapping[str, str] = MappingProxyType(
    {
        "messages.thread_id": "messages",
        "thread_groups.group_id": "messages",
        "message_tags.rule_revision_id": "rule_revisions",
        "rule_hits.change_id": "changes",
        "learn_features.message_id": "messages",
        "learn_examples.message_id": "messages",
        "learn_examples.correction_id": "corrections",
        "observations.account_id": "accounts",
        "observations.message_id": "messages",
        "observations.mailbox_id": "mailboxes",
        "outbox.revision_id": "rule_revisions",
        "outbox.undone_by": "changes",
        "placements.operation_id": "outbox",
        "tag_suggestions.merged_into": "tags",
        "job_turns.owner_id": "owners",
        "egress_log.account_id": "accounts",
        "egress_log.message_id": "messages",
        "egress_pseudonyms.thread_id": "messages",
        "reply_styles.account_id": "accounts",
        "drafts.change_id": "changes",
    }
)
# Places in another table's order: "everything up to here was read".
CURSORS: Mapping[str, str] = MappingProxyType(
    {"learned_models.through": "corrections", "learn_cursors.outbox_id": "outbox"}
)
# JSON that holds ids: what they are ids of, by key at any depth; "*" are the keys themselves. In a list they are its
# items, or what each of its items begins with. Texts are none, and nothing is looked for in them: they are an owner's,
# or a plugin's own JSON. But what OPERATIONS stands for are operations, each as its kind and a text of its fields.
OPERATIONS = "operations"
_CHANGE = MappingProxyType(
    {
        "undoes": "changes",
        **dict.fromkeys(("corrections", "learned", "taken_back", "unlearned"), "corrections"),
        "rule_id": "rules",
        **dict.fromkeys(("id", "tag", "to"), "tags"),
        **dict.fromkeys(("ids", "moved", "rows", "examples", "was", "group", "refs"), "messages"),
    }
)
_OPERATION = MappingProxyType({"mailbox_id": "mailboxes", "source_id": "mailboxes"})
JSON_IDS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "changes.data": _CHANGE,
        "outbox.data": _OPERATION,
        "outbox.inverse": MappingProxyType(
            {**_OPERATION, "operations": OPERATIONS, "message_id": "messages", "revision_id": "rule_revisions"}
        ),
        "outbox.intent": MappingProxyType({"source": "mailboxes"}),
        "outbox.decided_on": MappingProxyType({"*": "mailboxes"}),
        "events.data": MappingProxyType(
            {"message_id": "messages", "change_id": "changes", "account_id": "accounts", "mailbox_id": "mailboxes"}
        ),
    }
)
# Columns that end in _id and are no reference.
NO_REFERENCES = frozenset(
    {
        "accounts.secret_id",
        "attachments.content_id",
        "messages.list_id",
        "messages.message_id",
        "messages.remote_id",
        "plugin_settings.secret_id",
    }
)


def short(table: Table) -> str:
    """Answer a table's name without our prefix."""
    return table.name.removeprefix(t.PREFIX)


def copied(plugins: Iterable[PluginTables] = ()) -> list[Table]:
    """Answer the tables of a whole database, those of plugins last, parents before children.

    Raises ConfigError for a plugin's table without a primary key: its rows have no order to compare them in.
    """
    theirs = [table for one in plugins for table in one.metadata.sorted_tables]
    for table in theirs:
        if not table.primary_key.columns:
            raise ConfigError(
                f"The table {table.name} has no primary key, so it cannot be copied.", code="plugin_tables"
            )
    return [table for table in t.metadata.sorted_tables if short(table) not in NOT_COPIED] + theirs


def of_owner(plugins: Iterable[PluginTables]) -> list[Table]:
    """Answer the tables of plugins that say by a column `owner` whose a row is, children before parents."""
    return [table for one in plugins for table in reversed(one.metadata.sorted_tables) if "owner" in table.c]


def archived() -> list[Table]:
    """Answer the tables of an archive, parents before children."""
    return [table for table in t.metadata.sorted_tables if short(table) not in NOT_ARCHIVED]


def erased() -> list[Table]:
    """Answer the tables that hold rows of owners, children before parents."""
    return [table for table in reversed(t.metadata.sorted_tables) if short(table) not in NOT_OWNED]


def owned(table: Table, owner_id: int) -> ColumnElement[bool]:
    """Say of a row whether it is an owner's; raise LookupError where no way leads to an owner."""
    if table is t.owners:
        return t.owners.c.id == owner_id
    if "owner_id" in table.c:
        return table.c["owner_id"] == owner_id
    for column, parent in parents(table):
        return column.in_(select(parent.c["id"]).where(owned(parent, owner_id)))
    raise LookupError(table.name)


def references(table: Table) -> dict[str, str]:
    """Answer column -> table for all columns that hold ids of rows of other tables, cursors aside."""
    found = {column.name: short(parent) for column, parent in parents(table)}
    own = f"{short(table)}."
    return found | {name.removeprefix(own): parent for name, parent in REFERENCES.items() if name.startswith(own)}
