"""Numbers with a right check digit are found as a whole; what only looks like one is not."""

from __future__ import annotations

import mailhelper_german_ids as plugin

from mailhelper_core.testing import check_plugin, check_recognizer

# Published examples: no number of a person.
FINDS = [
    "86095742719", "86 095 742 719", "15070649C103", "15 070649 C 103",
    "DE89370400440532013000", "DE89 3704 0044 0532 0130 00",
]  # fmt: skip
IGNORES = ["86095742718", "15070649C104", "DE88370400440532013000", "11111111111", "an order 123456789012345"]


def test_the_plugin_keeps_its_contract() -> None:
    check_plugin(plugin)


def test_right_numbers_are_found_and_wrong_ones_are_not() -> None:
    (recognizer,) = plugin.register_recognizers()

    check_recognizer(recognizer, finds=FINDS, ignores=IGNORES)


def test_each_find_says_what_it_is() -> None:
    assert [one.kind for one in plugin.find(f"{FINDS[0]}, {FINDS[2]}, {FINDS[4]}")] == ["tax-id", "social-id", "iban"]
