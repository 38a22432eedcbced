"""The built-in tag suggester: a tag that the owner has, where a list or the sender's subject names it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailhelper_core.hookspecs import hookimpl
from mailhelper_core.model.extension import Context, TagSuggester
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mind.tag import fold_tag

# `[tag] what it is about`, behind Re: and Fwd: too.
_BRACKETS = re.compile(r"^(?:[^\W\d_]{1,4}:\s*)*\[([^\[\]]{1,50})\]")
# A name may be meant otherwise; the owner's own examples say more.
CONFIDENCE = 0.6


def suggest_named(messages: Sequence[MessageDetail], context: Context) -> list[list[tuple[str, float]]]:
    """Suggest a tag that the owner has, where a message's list or the brackets of its subject bear its name."""
    tags = {fold_tag(tag): tag for tag in context.tags}
    return [[(tags[name], CONFIDENCE) for name in sorted(_names(message) & tags.keys())] for message in messages]


@hookimpl
def register_tag_suggesters() -> Sequence[TagSuggester]:
    """Answer the suggester of names."""
    return [TagSuggester("named", suggest_named)]


def _names(message: MessageDetail) -> set[str]:
    found = _BRACKETS.match(message.subject)
    names = {fold_tag(found[1])} if found else set()
    if message.facts.list_id:
        names.add(fold_tag(message.facts.list_id.partition(".")[0]))
    return names
