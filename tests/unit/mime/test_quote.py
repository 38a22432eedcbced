"""What an author wrote, apart from what is quoted and signed; German and English."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.mime.quote import ReplyParts, snippet, split_reply


@pytest.mark.parametrize(
    "attribution",
    [
        "On Mon, Nov 23, 2026 at 10:00 AM Ada Lovelace <ada@example.org> wrote:",
        "On 23.11.26 10:00, Ada Lovelace wrote:",
        "Am 23.11.2026 um 10:00 schrieb Ada Lovelace:",
        "Am Mo., 23. Nov. 2026 um 10:00 Uhr schrieb Ada <ada@example.org>:",
        "On Monday, the 23rd of November 2026 at 10 o'clock,\nAda Lovelace <ada@example.org>\nwrote:",
        "Ada Lovelace <ada@example.org> schrieb am 23.11.2026:",
        "2026-11-23 10:00 GMT+01:00 Ada <ada@example.org>:\n> marks need no verb\n\nAda <ada@x.org> wrote:",
    ],
)
def test_an_attribution_belongs_to_what_it_quotes(attribution: str) -> None:
    parts = split_reply(f"Yes, gladly.\n\n{attribution}\n> Shall we?\n>> Old\n")

    assert parts.quoted.endswith("> Shall we?\n>> Old")
    assert "wrote:" not in parts.own
    assert "schrieb" not in parts.own
    assert parts.own.startswith("Yes, gladly.")


@pytest.mark.parametrize(
    "history",
    [
        "-----Original Message-----\nFrom: Ada\nSent: Monday\n\nShall we?",
        "-----Ursprüngliche Nachricht-----\nVon: Ada\n\nShall we?",
        "---------- Forwarded message ---------\nFrom: Ada <ada@example.org>\n\nShall we?",
        "-------- Weitergeleitete Nachricht --------\nBetreff: x\n\nShall we?",
        "Begin forwarded message:\n\nFrom: Ada\n\nShall we?",
        "Von: Ada Lovelace\nGesendet: Montag, 23. November 2026 10:00\nAn: Bob\nBetreff: Frage\n\nShall we?",
        "From: Ada Lovelace <ada@example.org>\nSent: Monday\nTo: Bob\nSubject: question\n\nShall we?",
        "*From:* Ada Lovelace\n*Sent:* Monday\n*To:* Bob\n\nShall we?",
        "________________________________\nVon: Ada\nGesendet: Montag\nAn: Bob\n\nShall we?",
        "Am 23.11.2026 um 10:00 schrieb Ada <ada@example.org>:\n\nShall we?",
        "On Nov 23, 2026, at 10:00, Ada <ada@example.org> wrote:\n\nShall we?",
    ],
)
def test_below_a_divider_all_is_history(history: str) -> None:
    parts = split_reply(f"Yes, gladly.\n\n{history}\n")

    assert parts == ReplyParts("Yes, gladly.", history, "")


def test_answers_between_quotes_are_own_words() -> None:
    parts = split_reply("Ada wrote on 23.11.2026:\n> One?\nFirst answer.\n> Two?\nSecond answer.\n")

    assert parts.own == "First answer.\nSecond answer."
    assert parts.quoted == "Ada wrote on 23.11.2026:\n> One?\n> Two?"


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nAda Lovelace\nAnalytical Engines",
        "--\nAda Lovelace",
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Gesendet von Outlook für Android",
        "Diese Nachricht wurde von meinem Android-Gerät mit K-9 Mail gesendet.",
        "Get Outlook for iOS",
    ],
)
def test_signatures_are_apart(signature: str) -> None:
    parts = split_reply(f"Yes, gladly.\n\n{signature}\n")

    assert parts == ReplyParts("Yes, gladly.", "", signature.strip())


@pytest.mark.parametrize(
    "text",
    [
        "He wrote: I come at 10:00 and bring the book.\nBye",
        "From: here to there\nit is far.",
        "The list:\n- one\n- two",
        "She schrieb viel.\nAlles gut:",
        "Original work\n--- table ---\na b c",
        "",
    ],
)
def test_ordinary_text_stays_whole(text: str) -> None:
    assert split_reply(text) == ReplyParts(text.strip(), "", "")


@given(st.text(st.sampled_from("> -_:\nOnAmwrote schriebFrom1.@"), max_size=200))
def test_no_line_is_lost(text: str) -> None:
    parts = split_reply(text)

    together = sorted("\n".join([parts.own, parts.quoted, parts.signature]).split())
    assert together == sorted(text.split())


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("  Hello\n\n  Ada,   how are you?\n\n-- \nBob", "Hello Ada, how are you?"),
        ("> quoted only\n> here", "> quoted only > here"),
        ("", ""),
        ("word " * 100, " ".join(["word"] * 40)),
        ("a" * 500, "a" * 200),
        ("> old\n" * 400 + "the answer below", "the answer below"),
    ],
)
def test_the_snippet_is_the_first_of_the_own_words(text: str, line: str) -> None:
    assert snippet(text) == line


@pytest.mark.parametrize(
    "line",
    [
        "a" * 100,
        "On " + "x " * 200,
        "wrote " * 60 + ":",
        "From: " + "-" * 400,
        "> " * 50,
        "--" * 200 + ":",
        "Am 1.1.2026 ",
    ],
)
def test_the_time_is_linear(line: str) -> None:
    text = "\n".join([line] * (1_000_000 // len(line)))

    started = time.process_time()
    split_reply(text)

    assert time.process_time() - started < 2
