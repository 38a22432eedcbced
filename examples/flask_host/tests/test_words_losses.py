"""What Sieve scripts and rules lose of each other, in German: every kind and every reason has words."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest

from examples.flask_host.tests.german import has_german
from mailhelper_core import Rule, SieveLoss, SieveLossKind
from mailhelper_core.rules.sieve.reading import import_script
from mailhelper_core.rules.sieve.script import export_script
from mailhelper_web.words import losses
from mailhelper_web.words.losses import known_loss, loss_kind, loss_part

pytestmark = pytest.mark.usefixtures("german")

TAG = ("tag", "a")


@pytest.mark.parametrize("kind", get_args(SieveLossKind))
def test_every_kind_of_loss_has_german_words(kind: SieveLossKind):
    assert kind in losses.KINDS
    assert has_german(loss_kind, kind)


SCRIPT = """require ["envelope", "vacation", "fileinto"];
if envelope "from" "a@b.example" { discard; }
if header :contains "subject" "x" { discard; }
vacation "away";
redirect "a@b.example";
levitate "now";
"""
EXPORTED = [
    Rule("off", "", [TAG], enabled=False),
    Rule("rest", "", [TAG], otherwise=True, delay="3d", propose=True),
    Rule("night", "", [TAG], schedule="hourly"),
    Rule("kind", "category:finance", [TAG]),
    Rule("near", 'subject:a in:inbox list=a.example from~"(?i)b"', ["discard", TAG]),
    Rule("me", "from:me", ["keep"]),
    Rule("pattern", "any~a", ["keep"]),
    Rule("nothing", "body:*", ["keep"]),
    Rule("place", "in:archive", ["keep"]),
    Rule("state", "is:bulk", ["keep"]),
    Rule("gone", "nowhere:x", ["keep"]),
    Rule("perl", r"subject~\bword\b", ["keep"]),
]


def test_every_loss_of_a_script_and_of_rules_has_german_words():
    anew = [replace(rule, when="is:unread") for rule in import_script("if true { keep; } # mine\n").rules]
    found = (*import_script(SCRIPT).losses, *export_script(EXPORTED).losses, *export_script(anew).losses)

    assert {one.kind for one in found} == set(get_args(SieveLossKind))
    assert "comments" in {one.what for one in found}
    assert len({one.why for one in found}) >= 15
    assert [one.why for one in found if not has_german(lambda loss: known_loss(loss.why), one, one.why)] == []


def test_a_setting_that_is_lost_is_told_by_its_name():
    anew = [replace(rule, when="is:unread") for rule in import_script("if true { keep; } # mine\n").rules]
    told = {one.what: loss_part(one) for one in (*export_script(EXPORTED).losses, *export_script(anew).losses)}

    assert [told[what] for what in ("off", "otherwise", "delay", "propose", "schedule")] == [
        "aus", "sonst", "Erst nach", "mich fragen, bevor sie handelt", "Nach der Uhr",
    ]  # fmt: skip
    assert (told["tag"], told["comments"]) == ("tag", "Kommentare")
    assert loss_part(SieveLoss("a", "left_out", "delay", "Sieve has no 'delay'")) == "delay"
