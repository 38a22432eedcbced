"""The Sieve interpreter's figures, beside Pigeonhole's `sieve-test` on the same scripts and mails."""

from __future__ import annotations

import resource
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from bench.figure import Figure
from mailhelper_core.query.pattern import compile_groups
from mailhelper_core.rules.sieve.mail import RawMail
from mailhelper_core.sieve.language.parse import parse
from mailhelper_core.sieve.program import Program, compile_script
from mailhelper_core.testing.generator.generator import MailboxGenerator
from tests.contract.sieve.cases import AROUND
from tests.servers.sieve import Pigeonhole, pigeonhole

RULES, MANY = 100, 5_000
MAILS, RUNS, REPEATS = 12, 5, 20
# What Python may cost beside C.
FACTOR = 3
HEAD = 'require ["imap4flags", "fileinto"];\n'
TESTS = (
    'header :contains "subject" "word{0}"',
    'header :matches "list-id" "*list{0}*"',
    'address :domain :is "from" "host{0}.example"',
    'anyof (header :is "x-spam-flag" "yes{0}", header :contains ["to", "cc"] "user{0}@")',
    'allof (exists "x-none{0}", size :over {0}K)',
)
MEGABYTE = 2**20


def figures() -> Iterator[Figure]:
    """Measure deciding, deciding with the mail read first, and reading a script of 1 MB."""
    mails = [mail.raw for mail in MailboxGenerator(7).mails(120)[::10]][:MAILS]
    with pigeonhole() as peer:
        yield _deciding(peer, mails)
    yield _with_reading(mails)
    yield _parsing()


def script(count: int, *, first: str = "") -> str:
    """Answer a script of so many rules, each of which sets a flag where its test holds."""
    rules = (f'if {TESTS[number % len(TESTS)].format(number)} {{ addflag "f"; }}\n' for number in range(count))
    return HEAD + first + "".join(rules)


def _deciding(peer: Pigeonhole, mails: Sequence[bytes]) -> Figure:
    texts = script(MANY), script(MANY, first="stop;\n")
    whole, stopped = (compile_script(text, compile_groups) for text in texts)
    paths = [peer.write(f"{number}.eml", raw) for number, raw in enumerate(mails)]
    scripts = [peer.write(f"{number}.sieve", text.encode()) for number, text in enumerate(texts)]
    if not all(map(peer.compiles, scripts)):
        raise RuntimeError("sieve-test refuses the script of the benchmark")
    ours, theirs = [], []
    for _ in range(RUNS):
        ours.append((_our_seconds(whole, mails) - _our_seconds(stopped, mails)) * RULES / MANY * 1000)
        spent = [_their_seconds(peer, path, paths) for path in scripts]
        theirs.append((spent[0] - spent[1]) * RULES / MANY * 1000)
    mine, other = median(ours), median(theirs)
    value = f"{mine:.3f} ms ({min(ours):.3f}..{max(ours):.3f})"
    compared = f"sieve-test {other:.3f} ms ({min(theirs):.3f}..{max(theirs):.3f}), ratio {mine / other:.1f}"
    target = f"<= {FACTOR} times the C interpreter"
    return Figure(f"{RULES} rules on a mail, CPU of deciding", target, value, compared, mine <= FACTOR * other)


def _our_seconds(program: Program, mails: Sequence[bytes]) -> float:
    """Answer the CPU of one mail."""
    before = time.process_time()
    for raw in mails:
        program.decide(RawMail(raw), AROUND)
    return (time.process_time() - before) / len(mails)


def _their_seconds(peer: Pigeonhole, path: Path, paths: Sequence[Path]) -> float:
    before = _children()
    for mail in paths:
        if peer.decide(path, mail) == ("error",):
            raise RuntimeError("sieve-test broke off")
    return (_children() - before) / len(paths)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _with_reading(mails: Sequence[bytes]) -> Figure:
    program = compile_script(script(RULES), compile_groups)
    found = [_our_seconds(program, list(mails) * REPEATS) * 1000 for _ in range(RUNS)]
    value = f"{median(found):.3f} ms ({min(found):.3f}..{max(found):.3f})"
    return Figure(f"{RULES} rules on a mail, its header read first, CPU", "<= 0.5 ms", value, "", median(found) <= 0.5)


def _parsing() -> Figure:
    text = script(MANY * 3)[:MEGABYTE].rpartition("\n")[0]
    found = []
    for _ in range(RUNS):
        before = time.process_time()
        parse(text)
        found.append(time.process_time() - before)
    value = f"{median(found):.2f} s ({min(found):.2f}..{max(found):.2f})"
    return Figure(f"reading a script of {len(text) // 1024} KiB, CPU", "a figure, no target", value, "")
