"""A line of `rule add --then` is an action, and an action is such a line."""

from __future__ import annotations

import pytest

from mailhelper_cli.actions import read_action, write_action
from mailhelper_core import Action


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("stop", Action("stop")),
        ("tag bills", Action("tag", "bills")),
        (" fileinto  Tax 2026 ", Action("fileinto", "Tax 2026")),
        ('fileinto "Tax 2026"', Action("fileinto", "Tax 2026")),
        ('tag "to pay" color=#3366ff', Action("tag", "to pay color=#3366ff")),
        ('tag "say ""hi"""', Action("tag", 'say "hi"')),
        ('notify say "hi"', Action("notify", 'say "hi"')),
        ('notify "one" or "two"', Action("notify", '"one" or "two"')),
        ('redirect "ada b"@x.example', Action("redirect", '"ada b"@x.example')),
        ('tag ""', Action("tag")),
    ],
)
def test_quotes_around_an_argument_are_no_part_of_it(text: str, action: Action) -> None:
    assert read_action(text) == action
    assert read_action(write_action(action)) == action


def test_what_is_named_is_shown() -> None:
    assert write_action(Action("tag", "big", color="#3366ff")) == "tag big color=#3366ff"
    assert write_action(Action("priority", urgency=3)) == "priority urgency=3"
