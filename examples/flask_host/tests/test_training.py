"""Learning in the browser: corrections are counted, a model is trained, looked at, used and rolled back."""

from __future__ import annotations

from itertools import cycle

import pytest

from examples.flask_host.tests.browser import Browser
from mailhelper_core import OwnerServices


@pytest.fixture(scope="module")
def taught(ada: Browser, synced: OwnerServices) -> OwnerServices:
    """Ada's services after she has said of all of her mail how urgent it is."""
    for message, urgency in zip(synced.search("", limit=50), cycle((1, 3)), strict=False):
        ada.post("/actions", {"act": f"urgency:{urgency}", "id": message.id})
    return synced


def _live(mine: OwnerServices) -> int | None:
    return next(one.live for one in mine.learning.status().tasks if one.task == "urgency")


def test_corrections_are_counted_and_what_is_missing_is_told(ada: Browser, taught: OwnerServices):
    page = ada.get("/learning/").text

    assert "30 examples" in page
    assert "So far missing: no, yes" in page


def test_what_was_said_is_learned_measured_promoted_and_rolled_back(ada: Browser, taught: OwnerServices):
    learned = []
    for _ in range(2):
        ada.post("/learning/train")
        # What is not better than the built-in rules waits as a candidate, which its owner may take nevertheless.
        if "/learning/urgency/promote" in ada.get("/learning/").text:
            ada.post("/learning/urgency/promote")
        learned.append(_live(taught))
        assert f"Model {learned[-1]} answers" in ada.get("/learning/").text
        taught.opinions.correct([taught.search("", limit=1)[0].id], urgency=2)
    assert len(set(learned)) == 2
    assert "<svg" in ada.get("/learning/urgency").text

    ada.post("/learning/urgency/roll-back")

    assert _live(taught) == learned[0]


def test_where_there_is_no_other_model_that_is_said(ada: Browser, taught: OwnerServices):
    for deed, words in (("roll-back", "no earlier model"), ("promote", "no candidate")):
        for _ in range(3):
            assert ada.post(f"/learning/spam/{deed}").location == "/learning/"
        assert words in ada.get("/learning/").text


@pytest.mark.parametrize("deed", ["promote", "roll-back"])
def test_a_question_that_is_none_is_not_there(ada: Browser, deed: str):
    assert ada.post(f"/learning/weather/{deed}").status_code == 404
    assert ada.get("/learning/weather").status_code == 404
