"""What scripts decide, and which are refused; what Pigeonhole decides too is tested against it."""

from __future__ import annotations

import time
from datetime import timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.errors import SieveError
from mailhelper_core.query.pattern import compile_groups
from mailhelper_core.sieve.action import Decision, Discard, FileInto, Keep, Redirect, Reject, Seen, Vacation
from mailhelper_core.sieve.mail import BodyPart, Surroundings
from mailhelper_core.sieve.program import compile_script
from mailhelper_core.sieve.values.glob import compile_glob
from tests.unit.sieve.mails import NOW, FakeMail, decide


def test_a_script_that_does_nothing_keeps() -> None:
    assert decide("") == Decision((Keep(is_implicit=True),))


def test_flags_go_with_the_implicit_keep() -> None:
    assert decide('addflag "\\\\Seen work";').actions == (Keep(("\\Seen", "work"), is_implicit=True),)


def test_actions_are_answered_in_their_order() -> None:
    decision = decide('fileinto :create :flags "x" "A"; fileinto :specialuse "\\\\Junk" "B"; discard;')

    assert decision.actions == (
        FileInto("A", ("x",), True, has_own_flags=True),
        FileInto("B", special_use="\\Junk"),
        Discard(),
    )


def test_what_is_kept_and_not_carried_out_is_answered_too() -> None:
    assert decide('redirect "a@example.org"; vacation "away";').actions == (Redirect("a@example.org"), Vacation("away"))
    assert decide('reject "no";').actions == (Reject("no"),)


def test_a_conflict_breaks_off_and_keeps_the_mail() -> None:
    decision = decide('fileinto "A"; reject "no";')

    assert decision.actions == (Keep(is_implicit=True),)
    assert "reject" in decision.error


def test_special_uses_and_mailboxes_come_from_around() -> None:
    around = Surroundings(NOW, mailboxes=frozenset({"Spam"}), special_uses=frozenset({("Spam", "\\junk")}))
    script = (
        'if allof (mailboxexists "Spam", specialuse_exists "\\\\Junk", specialuse_exists "Spam" "\\\\JUNK") {discard;}'
    )

    assert decide(script, around=around).actions == (Discard(),)
    assert decide(script).actions == (Keep(is_implicit=True),)


def test_duplicates_are_asked_for_and_told() -> None:
    mail = FakeMail((("Message-ID", "<1@example.org>"),))
    script = 'if duplicate :handle "h" :seconds 60 { discard; }'
    known = Surroundings(NOW, was_seen=lambda handle, unique_id: (handle, unique_id) == ("h", "<1@example.org>"))

    first, second = decide(script, mail), decide(script, mail, known)

    assert first.seen == (Seen("h", "<1@example.org>", 60, False),)
    assert first.actions == (Keep(is_implicit=True),)
    assert second.actions == (Discard(),)


def test_without_an_id_nothing_is_a_duplicate() -> None:
    decision = decide("if duplicate { discard; }", around=Surroundings(NOW, was_seen=lambda *_: True))

    assert decision == Decision((Keep(is_implicit=True),))


def test_an_envelope_that_is_unknown_matches_nothing() -> None:
    script = 'if envelope :matches "from" "*" { discard; }'

    assert decide(script).actions == (Keep(is_implicit=True),)
    assert decide(script, FakeMail(sender="")).actions == (Discard(),)


def test_the_quotes_of_a_local_part_are_none_of_it() -> None:
    mail = FakeMail((("To", r'"ada \"l\"+x"@example.org'),))

    assert decide('if address :localpart "to" "ada \\"l\\"+x" { discard; }', mail).actions == (Discard(),)
    assert decide('if address :user "to" "ada \\"l\\"" { discard; }', mail).actions == (Discard(),)
    assert decide('if address :detail "to" "x" { discard; }', mail).actions == (Discard(),)


def test_the_parts_of_a_body() -> None:
    parts = (BodyPart("text/plain", "one"), BodyPart("image/png", "two"))
    mail = FakeMail(body="raw", parts=parts)

    assert decide('if body :contains "one" { discard; }', mail).actions == (Discard(),)
    assert decide('if body :contains "two" { discard; }', mail).actions == (Keep(is_implicit=True),)
    assert decide('if body :content "" :is "two" { discard; }', mail).actions == (Discard(),)
    assert decide('if body :raw :is "RAW" { discard; }', mail).actions == (Discard(),)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_of_a_stored_script_say_nothing(end: str) -> None:
    script = (
        'if body :raw :contains "one\ntwo" { fileinto "A"; } if body :raw :contains text:\ntwo\n.\n{ fileinto "B"; }'
    )

    decision = decide(script.replace("\n", end), FakeMail(body="one\ntwo\n"))

    assert decision.actions == (FileInto("A"), FileInto("B"))


def test_now_is_what_stands_around() -> None:
    around = Surroundings(NOW, time_zone=timezone(timedelta(hours=-5)))
    script = 'if currentdate :matches "iso8601" "*" { fileinto "${1}"; }'

    assert decide(script).actions == (FileInto("2026-11-23T12:30:00Z"),)
    assert decide(script, around=around).actions == (FileInto("2026-11-23T07:30:00-05:00"),)


@pytest.mark.parametrize(
    "date",
    [
        "Fri, 21 Nov 1997 09:55:06 -0600",
        "Fri, 21 Nov 1997 09(comment):   55  :  06 -0600",
        "Fri, 21 Nov 1997 09:55:06 -0600 (CST; (in the (winter)))",
        "from a.example (1; 2) by b.example; Fri, 21 Nov 1997 09:55:06 -0600",
    ],
)
def test_a_date_may_hold_comments_and_blanks(date: str) -> None:
    script = 'if date :originalzone :matches "date" "std11" "*" { fileinto "${1}"; }'

    (filed,) = decide(script, FakeMail((("Date", date),))).actions

    assert filed == FileInto("Fri, 21 Nov 1997 09:55:06 -0600")


@pytest.mark.parametrize("date", ["", "yesterday", "32 Foo 2026", "Mon, 99 Nov 2026 10:00:00 +0100", "x; " * 1_000])
def test_a_date_that_is_none_matches_nothing(date: str) -> None:
    mail = FakeMail((("Date", date),))

    assert decide('if date :matches "date" "year" "*" { discard; }', mail).actions == (Keep(is_implicit=True),)


@pytest.mark.parametrize(
    ("script", "message", "column"),
    [
        ('fileinto "A";', "'fileinto' was not required", 1),
        ("keep; bogus;", "there is no command 'bogus'", 7),
        ("if headr {}", "there is no test 'headr'", 4),
        ('require "fileinfo";', "the extension 'fileinfo' is unknown", 1),
        ('if header :is :matches "a" "b" {}', "':matches' stands beside its like", 15),
        ('require "variables"; keep; if string "${a.b}" "x" {}', "this name space of variables is unknown", 31),
        ('require "regex"; if header :regex "a" "(" {}', "this regular expression cannot be read", 21),
    ],
)
def test_a_script_that_is_not_allowed_says_where(script: str, message: str, column: int) -> None:
    with pytest.raises(SieveError) as caught:
        compile_script(script, compile_groups)

    assert caught.value.args[0] == message
    assert (caught.value.line, caught.value.column) == (1, column)


def test_a_near_name_is_the_hint() -> None:
    with pytest.raises(SieveError) as caught:
        compile_script('require "fileinfo";', compile_groups)

    assert caught.value.hint == "did you mean 'fileinto'?"


def test_many_stars_take_no_long_time() -> None:
    glob = compile_glob("*a" * 200 + "*b", "i;octet")
    began = time.process_time()

    assert glob("a" * 20_000) is None

    assert time.process_time() - began < 1


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=8))
def test_wildcards_agree_with_the_plain_definition(pattern: str, text: str) -> None:
    assert (compile_glob(pattern, "i;octet")(text) is not None) is _holds(pattern, text)


@given(st.text("ab*?", max_size=8), st.text("ab", max_size=8))
def test_the_texts_of_wildcards_make_up_the_whole(pattern: str, text: str) -> None:
    groups = compile_glob(pattern, "i;octet")(text)

    if groups:
        waiting = iter(groups[1:])
        assert "".join(next(waiting) if one in "*?" else one for one in pattern) == text == groups[0]


def _holds(pattern: str, text: str) -> bool:
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(_holds(pattern[1:], text[at:]) for at in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and _holds(pattern[1:], text[1:])
