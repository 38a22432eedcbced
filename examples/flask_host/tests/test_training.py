"""Learning in the browser: corrections are counted, a model is trained, looked at, used and rolled back."""

from __future__ import annotations

import re
from dataclasses import replace
from importlib import import_module
from itertools import cycle

import pytest

from examples.flask_host.tests.browser import Browser, ended, register, services
from examples.flask_host.tests.conftest import host_of
from mailhelper_core import Drift, OwnerServices
from mailhelper_core.learn.service import LearningService
from mailhelper_core.testing import ImapServer
from mailhelper_web import Config


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
        assert ended(taught, ada.post("/learning/train").location).state == "done"
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


def test_a_candidate_is_shown_with_its_figures_and_answers_when_it_is_told_to(
    ada: Browser, taught: OwnerServices, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("mailhelper_core.learn.training.outcome", lambda *_, **__: "shadow")
    taught.learning.train("urgency")
    before = next(one for one in taught.learning.status().tasks if one.task == "urgency")
    assert before.shadow > before.live

    page = ada.get("/learning/").text
    assert f"Model {before.live} answers: {before.accuracy:.0%} right" in page
    assert f"Candidate {before.shadow}: {before.shadow_accuracy:.0%} right" in page
    assert f">Use candidate {before.shadow}</button>" in page
    ada.post("/learning/urgency/promote")

    after = next(one for one in taught.learning.status().tasks if one.task == "urgency")
    assert (after.live, after.shadow, after.accuracy) == (before.shadow, 0, before.shadow_accuracy)
    assert f"Model {before.shadow} answers" in ada.get("/learning/").text


def test_a_model_that_cannot_be_read_is_told_and_does_not_answer(
    ada: Browser, taught: OwnerServices, monkeypatch: pytest.MonkeyPatch
):
    for code, words in (("model", "cannot be read"), ("model_schema", "another version of this program")):
        monkeypatch.setattr("mailhelper_core.ai.gate.check", lambda _, code=code: code)
        page = ada.get("/learning/").text
        assert f"The stored model {'is of ' if code != 'model' else ''}{words}." in page
        assert not re.search(r"Model \d+ answers", page)


def test_answers_that_became_worse_are_told(ada: Browser, taught: OwnerServices, monkeypatch: pytest.MonkeyPatch):
    for drifts in (True, False):
        found = Drift("urgency", recent=0.25, expected=0.75, examples=40, drifts=drifts)
        monkeypatch.setattr(LearningService, "drift", lambda _, task=None, found=found: (found,))
        page = ada.get("/learning/urgency").text
        assert "(40 examples), 25% was answered right; 75% was expected." in page
        assert ("Your mail has changed: let it learn now." in page) == drifts


def test_what_was_said_of_a_question_is_a_page_away(ada: Browser, taught: OwnerServices):
    ada.post("/actions", {"act": "spam", "id": taught.search("", limit=1)[0].id})

    assert 'href="/history/?said=urgency">30 examples</a>' in ada.get("/learning/").text
    page = ada.get("/history/?said=urgency").text

    told = page.partition('<ul class="list">')[2].partition("</ul>")[0]
    assert told.count("<li") == told.count('class="chip">Urgency: ') > 0
    assert "said=urgency" in page.partition('class="more"')[2]
    assert "Spam" not in told
    assert "Nothing here." in ada.get("/history/?said=language").text


def test_the_page_measures_so_many_that_it_comes_soon(
    ada: Browser, taught: OwnerServices, monkeypatch: pytest.MonkeyPatch
):
    taught.learning.train("urgency")
    every = _measured(ada)
    monkeypatch.setattr(import_module("mailhelper_web.pages.training"), "NEWEST", 20)
    some = _measured(ada)

    (found,) = taught.learning.evaluate("urgency", newest=20)
    assert (some, some < every) == (found.quality.examples, True)


def _measured(browser: Browser) -> int:
    return int(re.search(r"right on the (\d+) newest examples", browser.get("/learning/urgency").text)[1])


def test_learning_is_a_job_that_says_what_came_of_it(config: Config, imap_server: ImapServer):
    with host_of(replace(config, job_threads=0)) as host:
        ada = Browser(host.test_client())
        register(ada)
        mine, jobs = services(host), host.extensions["mailhelper"].jobs
        first = ada.post("/learning/train").location
        jobs.run(int(first.rsplit("/", 1)[1]))
        assert "Nothing better was learned yet" in ada.get(first).text
        mine.run(mine.accounts.add(imap_server.url, username="ada", password="secret").id)
        for message, urgency in zip(mine.search("", limit=50), cycle((1, 3)), strict=False):
            mine.opinions.correct([message.id], urgency=urgency)

        answer, again = ada.post("/learning/train"), ada.post("/learning/train")
        assert (answer.status_code, again.location) == (303, answer.location)
        assert _models(mine) == (0, 0)
        jobs.run(int(answer.location.rsplit("/", 1)[1]))

        page, (live, shadow) = ada.get(answer.location).text, _models(mine)
    assert live + shadow == 1
    assert ("<dd>1</dd><dt>better models that answer now</dt>" in page) == bool(live)
    assert ("<dd>1</dd><dt>candidates that you may use</dt>" in page) == bool(shadow)
    assert "Nothing better was learned yet" not in page
    assert 'href="/learning/">What is learned from you' in page


def _models(mine: OwnerServices) -> tuple[int, int]:
    tasks = mine.learning.status().tasks
    return sum(one.live > 0 for one in tasks), sum(one.shadow > 0 for one in tasks)


def test_where_there_is_no_other_model_that_is_said(ada: Browser, taught: OwnerServices):
    for deed, words in (("roll-back", "no earlier model"), ("promote", "no candidate")):
        for _ in range(3):
            assert ada.post(f"/learning/spam/{deed}").location == "/learning/"
        assert words in ada.get("/learning/").text


@pytest.mark.parametrize("deed", ["promote", "roll-back"])
def test_a_question_that_is_none_is_not_there(ada: Browser, deed: str):
    assert ada.post(f"/learning/weather/{deed}").status_code == 404
    assert ada.get("/learning/weather").status_code == 404


def test_the_learning_curve_is_drawn_from_what_was_said(ada: Browser, taught: OwnerServices):
    page = ada.get("/learning/urgency").text

    points = taught.learning.curve("urgency")
    drawn = page.partition('class="curves growth"')[2].partition("</figure>")[0]
    assert len(points) >= 2
    assert drawn.count("<circle") == len(points)
    for point in points:
        assert f"{point.x:.0f} examples: {point.y:.0%} right</title>" in drawn
    assert f"From {points[0].x:.0f} to {points[-1].x:.0f} examples" in drawn
    assert 'style="' not in drawn
    assert 'class="curves growth"' not in ada.get("/learning/spam").text


def test_how_honest_and_how_sure_answers_are_is_drawn_in_the_readers_language(ada: Browser, taught: OwnerServices):
    (found,) = taught.learning.evaluate("urgency")
    ada.post("/preferences/language", {"language": "de"})
    page = ada.get("/learning/urgency").text
    ada.post("/preferences/language", {"language": "en"})

    assert "claimed confidence" not in page
    honest = page.partition('id="honest-name"')[2].partition("</figure>")[0]
    assert honest.startswith(">Ist die Sicherheit ehrlich?<")
    assert honest.count("<circle") == len(found.quality.calibration) > 0
