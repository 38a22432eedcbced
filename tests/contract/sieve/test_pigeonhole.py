"""Our interpreter and Pigeonhole's decide the same on the same scripts and mails."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from mailhelper_core.errors import SieveError
from mailhelper_core.sieve.program import Program
from tests.contract.sieve.cases import REFUSED, Case, cases, compiled, generated_mails, real_mails, verdict
from tests.servers.sieve import Pigeonhole, Verdict

# A run of sieve-test costs about 15 ms CPU: one mail a script by default, the whole matrix with --full.
_PROCESSES = 2
_STEP = 7  # of the corpus whose acceptance is asked by default
ACCEPTED = [case for case in cases() if case.file != REFUSED]


# Where Pigeonhole 0.5 is wrong by the RFCs, and scripts of the corpus leave it alone: a test, a mail, what holds.
FAULTS = (
    ('header :matches "subject" "?X*"', b"Subject: Failed\r\n\r\n", False),
    ('header :matches "subject" "*??*"', b"Subject: PI\r\n\r\n", True),
    (
        'body :content "message/rfc822" :contains "Subject"',
        b"Content-Type: MESSAGE/RFC822\r\n\r\nSubject: a\r\n\r\n",
        True,
    ),
    (
        'body :content "message/rfc822" :contains "Subject"',
        b"Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: a\r\n\r\nb\r\n--b--\r\n",
        True,
    ),
)
# sieve-test shows so much of a mailbox's name.
CUT = "..."
# What stands for octets that it cannot read.
UNREAD = "\N{REPLACEMENT CHARACTER}"


class Difference(NamedTuple):
    """A script and a mail on which the two do not agree."""

    file: str
    title: str
    mail: int
    ours: Verdict
    theirs: Verdict


def test_the_corpus_is_large_enough() -> None:
    assert len(ACCEPTED) >= 200
    assert len({(case.file, case.title) for case in cases()}) == len(cases())


def test_a_sample_is_decided_the_same(pigeonhole: Pigeonhole) -> None:
    mails = generated_mails(20)

    pairs = [(case, number % len(mails)) for number, case in enumerate(ACCEPTED)]

    assert _differences(pigeonhole, pairs, mails) == []


@pytest.mark.parametrize(("test", "mail", "holds"), FAULTS)
def test_a_fault_of_the_peer_is_not_followed(pigeonhole: Pigeonhole, test: str, mail: bytes, *, holds: bool) -> None:
    text = f'require ["fileinto", "body"]; if {test} {{ fileinto "A"; }}'
    script, path = pigeonhole.write("fault.sieve", text.encode()), pigeonhole.write("fault.eml", mail)

    assert (verdict(compiled(text), mail) == ("store A",)) is holds
    assert (pigeonhole.decide(script, path) == ("store A",)) is not holds


def test_a_sample_is_refused_or_accepted_by_both(pigeonhole: Pigeonhole) -> None:
    assert _disagreed(pigeonhole, cases()[::_STEP]) == []


@pytest.mark.full
def test_every_script_is_refused_or_accepted_by_both(pigeonhole: Pigeonhole) -> None:
    assert _disagreed(pigeonhole, cases()) == []


@pytest.mark.full
def test_every_script_decides_the_same_on_generated_mail(pigeonhole: Pigeonhole) -> None:
    mails = generated_mails(40)

    pairs = [(case, number) for case in ACCEPTED for number in range(len(mails))]

    assert _differences(pigeonhole, pairs, mails) == []


@pytest.mark.full
def test_every_script_decides_the_same_on_real_mail(pigeonhole: Pigeonhole, shared_data: Path) -> None:
    mails = real_mails(shared_data, 30)

    pairs = [(case, number) for case in ACCEPTED for number in range(len(mails))]

    assert len(mails) == 30
    assert _differences(pigeonhole, pairs, mails) == []


def _disagreed(peer: Pigeonhole, chosen: list[Case]) -> list[Case]:
    def is_same(numbered: tuple[int, Case]) -> bool:
        number, case = numbered
        path = peer.write(f"accepted{number}.sieve", case.text.encode())
        return (_compiled(case) is not None) == peer.compiles(path)

    with ThreadPoolExecutor(_PROCESSES) as pool:
        answers = list(pool.map(is_same, enumerate(chosen)))
    return [case for case, same in zip(chosen, answers, strict=True) if not same]


def _compiled(case: Case) -> Program | None:
    try:
        return compiled(case.text)
    except SieveError:
        return None


def _differences(peer: Pigeonhole, pairs: list[tuple[Case, int]], mails: list[bytes]) -> list[Difference]:
    paths = [peer.write(f"{number}.eml", raw) for number, raw in enumerate(mails)]
    scripts = {case: peer.write(f"decided{number}.sieve", case.text.encode()) for number, case in enumerate(ACCEPTED)}
    programs = {case: compiled(case.text) for case in ACCEPTED}

    def compare(pair: tuple[Case, int]) -> Difference | None:
        case, number = pair
        ours, theirs = verdict(programs[case], mails[number]), peer.decide(scripts[case], paths[number])
        return None if _is_same(ours, theirs) else Difference(case.file, case.title, number, ours, theirs)

    with ThreadPoolExecutor(_PROCESSES) as pool:
        return [found for found in pool.map(compare, pairs) if found]


def _is_same(ours: Verdict, theirs: Verdict) -> bool:
    if len(ours) != len(theirs):
        return False
    return all(map(_says_the_same, ours, theirs))


def _says_the_same(ours: str, theirs: str) -> bool:
    if UNREAD in theirs:  # a character that the charset's name does not promise; we read it all the same
        return ours.startswith(theirs.partition(UNREAD)[0])
    return ours == theirs or (theirs.endswith(CUT) and ours.startswith(theirs.removesuffix(CUT)))
