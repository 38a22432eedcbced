"""What is said of entries that were not delivered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mailhelper_core.actions.reasons import reason_for
from mailhelper_core.model.source.account import advice_for

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "delivery.md"
UNKNOWN = "It could not be carried out."


def codes_of_the_page() -> list[str]:
    rows = [line.split("|") for line in PAGE.read_text().splitlines() if line.startswith("| `conflicted`")]
    return [code for row in rows for code in re.findall("`([a-z_]+)`", row[2])]


@pytest.mark.parametrize("code", ["cannot", "rejected", "over_quota", "plugin_missing", *codes_of_the_page()])
def test_there_is_one_sentence_for_every_code_that_is_told(code: str) -> None:
    said = reason_for(code)

    assert said != UNKNOWN
    assert (said[0].isupper(), said.count("."), said[-1]) == (True, 1, ".")


def test_what_has_only_an_advice_is_told_with_it() -> None:
    assert reason_for("tls") == advice_for("tls")


def test_nothing_is_told_without_a_sentence() -> None:
    assert reason_for("no such code") == UNKNOWN


def test_what_ends_an_undo_too_is_not_said_of_rules_alone() -> None:
    assert reason_for("changed_since") == "The message was changed on the server after this was decided."
