"""docs/reference/rules.md is true: every action stands in its table, in the words that the program says."""

from __future__ import annotations

import re
from pathlib import Path

from mailhelper_core.rules.arguments import FLAG_WORDS
from mailhelper_core.settings import Settings
from tests.unit.rules.compiled import BUILT_IN

PAGE = (Path(__file__).parents[3] / "docs" / "reference" / "rules.md").read_text(encoding="utf-8")


def test_every_action_has_its_row_in_the_words_of_its_help() -> None:
    table = PAGE.partition("## Actions\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([a-z_]+)` \| (.+) \|$", table, re.MULTILINE)

    assert rows == [(name, one.provider.help) for name, one in BUILT_IN.actions.items()]


def test_the_words_for_flags_are_named() -> None:
    named = re.search(r"the words ([a-z, ]+)\.", PAGE.replace("\n", " "))

    assert named is not None
    assert set(named[1].split(", ")) == set(FLAG_WORDS) - {"seen"}


def test_the_cap_is_the_one_in_force() -> None:
    assert f"(a [setting](settings.md), {Settings().destructive_cap})" in PAGE
