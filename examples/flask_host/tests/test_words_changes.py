"""History in German: every kind of change has words, and whatever can be taken back is offered so."""

from __future__ import annotations

import ast
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask_babel import force_locale

import mailhelper_core
from examples.flask_host.tests.browser import Browser
from mailhelper_core import AddTag, Change, ChangeEntry, Corrected, OwnerServices
from mailhelper_core.store.mind.tags import UPDATE_KIND
from mailhelper_core.store.work.tag_entries import MERGE_KIND
from mailhelper_web.words.changes import KINDS, can_undo, change_kind, change_note

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def _kinds() -> set[str]:
    """Answer the kinds that the engine writes, from its sources."""
    found = {UPDATE_KIND, MERGE_KIND}
    for file in Path(mailhelper_core.__file__).parent.rglob("*.py"):
        for one in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(one, ast.Call) and getattr(one.func, "attr", "") in ("new_change", "_command"):
                found.update(arg.value for arg in one.args[:2] if isinstance(arg, ast.Constant))
    return found


def _change(kind: str, note: str = "") -> Change:
    return Change(1, kind, "1", "applied", NOW, note=note)


@pytest.mark.usefixtures("german")
def test_every_kind_of_change_has_german_words():
    kinds = _kinds()

    assert {"draft", "archive", "correct", UPDATE_KIND, MERGE_KIND} <= kinds
    assert kinds <= set(KINDS) | {"rules"}
    for kind in KINDS:
        german = change_kind(_change(kind))
        with force_locale("en"):
            assert german not in (kind, change_kind(_change(kind)))


@pytest.mark.usefixtures("german")
def test_what_a_change_is_about_is_told_and_names_stay():
    said = tuple(Corrected(message_id, "urgency", "3") for message_id in (7, 7, 8))
    assert change_note(replace(_change("correct", "its words"), corrected=said)) == "2 Nachrichten"
    assert change_note(_change("add_keyword", "\\Flagged")) == "Markiert"
    learned = ChangeEntry(1, AddTag(7, "bills"), "delivered", decided_by="classifier")
    assert change_note(replace(_change("tag", "its words"), entries=(learned,))) == "von Ihnen gelernt"
    for name in ("learned", "<b>%(x)s {0}</b>", "1 correction of 1 message", "\\Flagged"):
        assert change_note(_change("tag", name)) == name


def test_a_correction_and_a_tag_are_taken_back_from_history(ada: Browser, synced: OwnerServices):
    one = synced.search("in:inbox urgency<3", limit=1)[0]
    synced.tags.create("brand new")
    synced.opinions.correct([one.id], urgency=3)

    for _ in range(2):
        page = ada.get("/history/").text
        ada.post(f"/undo/{re.search(r'action=./undo/([0-9]+)', page)[1]}", {"next": "/history/"})

    assert synced.messages.get(one.id).urgency == one.urgency
    assert "brand new" not in {tag.name for tag in synced.tags.list()}
    assert not any(can_undo(change) for change in synced.changes() if change.kind != "rules")
