"""Words that stand together are near each other; what it has learned comes back without pickle."""

from __future__ import annotations

from math import hypot
from pathlib import Path

import mailhelper_lsa as plugin

from mailhelper_core.testing import Environment, check_embedder, check_plugin

(EMBEDDER,) = plugin.register_embedders()
GARDEN = ("roses tulips garden", "tulips spade garden", "spade roses watering", "watering tulips roses")
ENGINE = ("piston valve engine", "engine valve oil", "oil piston gasket", "gasket valve piston")


def near(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_the_plugin_keeps_its_contract() -> None:
    check_embedder(EMBEDDER, [*GARDEN, *ENGINE])
    check_plugin(plugin)


def test_words_that_stand_together_are_near_each_other() -> None:
    state = plugin.fit([*GARDEN, *ENGINE] * 3)

    roses, spade, piston = plugin.embed(["roses", "spade", "piston"], state)

    assert near(roses, spade) > 0.8 > 0.3 > near(roses, piston)
    assert abs(hypot(*roses) - 1) < 1e-5


def test_what_nothing_is_known_of_is_zeros() -> None:
    state = plugin.fit(list(GARDEN))

    assert plugin.embed(["", "x"], state) == [[0.0] * 128] * 2
    assert plugin.fit([]) == plugin.fit(["one"]) == plugin.fit(["", "", ""]) == b""
    assert plugin.embed(["roses"], b"") == [[0.0] * 128]


def test_an_owner_finds_by_meaning_with_it(tmp_path: Path) -> None:
    with Environment.start(tmp_path, plugins=(plugin,)) as env:
        inbox = env.server.store.user("ada").mailbox("INBOX")
        for number, text in enumerate([*GARDEN, *ENGINE] * 3):
            mail = f"From: bob@example.org\r\nMessage-ID: <{number}@x>\r\nSubject: {number}\r\n\r\n{text}\r\n"
            inbox.append(mail.encode())
        env.ada.run(env.account.id)

        env.ada.vectors.use("lsa")
        report = env.ada.run(env.account.id)

        status = env.ada.vectors.status()
        found = [message.snippet for message in env.ada.search("spade roses", mode="meaning", limit=12)]
    assert report.errors == ()
    assert (status.embedder, status.dimension, status.vectors) == ("lsa", 128, 24)
    assert set(found) == set(GARDEN)
