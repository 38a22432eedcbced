"""All tables under one name, for the store's queries."""

from __future__ import annotations

from mailhelper_core.store.schema.jobs import job_turns, jobs
from mailhelper_core.store.schema.learning import (
    learn_cursors,
    learn_examples,
    learn_features,
    learned_models,
    observations,
    shared_deltas,
)
from mailhelper_core.store.schema.mail import (
    accounts,
    attachments,
    blobs,
    mailboxes,
    message_refs,
    message_texts,
    messages,
    owners,
    placements,
    written_to,
)
from mailhelper_core.store.schema.mind import (
    corrections,
    message_tags,
    opinions,
    rule_hits,
    rule_revisions,
    rules,
    tags,
)
from mailhelper_core.store.schema.minds import (
    drafts,
    egress_consents,
    egress_log,
    egress_owners,
    egress_pseudonyms,
    embedding_profiles,
    embeddings,
    reply_styles,
)
from mailhelper_core.store.schema.plugins import plugin_sets, plugin_settings, plugin_workers
from mailhelper_core.store.schema.suggestions import suggested_tags, tag_examples, tag_suggestions
from mailhelper_core.store.schema.types import PREFIX, metadata
from mailhelper_core.store.schema.upkeep import kept_corrections
from mailhelper_core.store.schema.views import rule_waits, saved_searches, thread_groups, thread_replies
from mailhelper_core.store.schema.work import changes, events, leases, meta, outbox, pending, watchers

__all__ = [
    "PREFIX",
    "accounts",
    "attachments",
    "blobs",
    "changes",
    "corrections",
    "drafts",
    "egress_consents",
    "egress_log",
    "egress_owners",
    "egress_pseudonyms",
    "embedding_profiles",
    "embeddings",
    "events",
    "job_turns",
    "jobs",
    "kept_corrections",
    "learn_cursors",
    "learn_examples",
    "learn_features",
    "learned_models",
    "leases",
    "mailboxes",
    "message_refs",
    "message_tags",
    "message_texts",
    "messages",
    "meta",
    "metadata",
    "observations",
    "opinions",
    "outbox",
    "owners",
    "pending",
    "placements",
    "plugin_sets",
    "plugin_settings",
    "plugin_workers",
    "reply_styles",
    "rule_hits",
    "rule_revisions",
    "rule_waits",
    "rules",
    "saved_searches",
    "shared_deltas",
    "suggested_tags",
    "tag_examples",
    "tag_suggestions",
    "tags",
    "thread_groups",
    "thread_replies",
    "watchers",
    "written_to",
]
