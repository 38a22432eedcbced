"""Our interpreter and Pigeonhole's decide the same on the same scripts and mails."""

from __future__ import annotations

from collections import Counter
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


# Where the two differ on purpose, or by what neither promises (docs/reference/sieve.md): script -> what it is about.
KNOWN = {
    ("header", "matches keeps single characters"): "? is a character here, an octet there",
    ("header", "size between"): "a line end counts two octets here, as on the way, and as it lies in the file there",
    ("body", "text, the empty key"): "whether a part without any text counts",
    ("body", "content of every type"): "the text around the parts of a multipart is no part",
}
# ... on one mail in so many at most.
FEW = 8
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
        return _unexplained([found for found in pool.map(compare, pairs) if found], len(mails))


def _unexplained(found: list[Difference], mails: int) -> list[Difference]:
    """Leave out what is known, as long as it is seen on few mails."""
    times = Counter((one.file, one.title) for one in found)
    known = {script for script in KNOWN if times[script] <= mails // FEW}
    return [one for one in found if (one.file, one.title) not in known]


def _is_same(ours: Verdict, theirs: Verdict) -> bool:
    if len(ours) != len(theirs):
        return False
    return all(map(_says_the_same, ours, theirs))


def _says_the_same(ours: str, theirs: str) -> bool:
    if UNREAD in theirs:  # a character that the charset's name does not promise; we read it all the same
        return ours.startswith(theirs.partition(UNREAD)[0])
    return ours == theirs or (theirs.endswith(CUT) and ours.startswith(theirs.removesuffix(CUT)))
