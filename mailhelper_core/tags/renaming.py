"""How rules and saved searches speak of a tag that is called otherwise now."""

from __future__ import annotations

from functools import partial

from mailhelper_core.model.rules.tagging import action_with_tag
from mailhelper_core.query.retag import query_with_tag
from mailhelper_core.store.mind.tag_texts import Renaming


def renaming(was: str, became: str, *, is_merge: bool = False) -> Renaming:
    """Answer what writes the texts of an owner anew."""
    return Renaming(
        was,
        became,
        is_merge,
        query=partial(query_with_tag, was=was, became=became),
        action=partial(action_with_tag, was=was, became=became),
    )
