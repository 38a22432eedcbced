"""Intelligence: the local learner beside bogofilter and SpamAssassin's Bayes, in the same run on the same mails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median

import numpy as np

from bench.figure import Figure
from bench.spam import lists, peers, protocol
from bench.spam.mails import Mail, measured, ordered, truth
from bench.spam.merit import Flags, Numbers, accuracy, area_missed, difference_interval, ratio_interval
from mailhelper_core.ai.learner.features import Features, features_of
from mailhelper_core.ai.learner.learner import Example
from mailhelper_core.ai.learner.model import to_bytes
from mailhelper_core.ai.learner.train import train
from mailhelper_core.process.learned import noticed

DRAWS = 10
TESTED = 1_000
OLDER = 0.6
FEW = {20: 0.86, 50: 0.93, 100: 0.95, 500: 0.982}
TAGS = {5: 0.84, 10: 0.88, 50: 0.95}
MIB = 2**20
Scored = tuple[Flags, Numbers]


def figures() -> Iterator[Figure]:
    """Yield the figures of intelligence."""
    peers.require()
    mails = measured()
    features = {str(mail.path): features_of(mail.message, noticed(mail.message)) for mail in mails}
    yield from _few(mails, features)
    yield from _once(mails, features)
    yield from _tags(mails)
    yield from _size(mails, features)


def _once(mails: Sequence[Mail], features: dict[str, Features]) -> Iterator[Figure]:
    dated = ordered(list(mails), "date")
    older, newer = dated[: int(len(dated) * OLDER)], dated[int(len(dated) * OLDER) :]
    spam, ours = truth(newer), protocol.ours_once(older, newer, features)
    bogofilter = np.array(_taught_once(older, newer))
    assassin = np.array(peers.spamassassin(older, newer))
    mine = area_missed(spam, ours)
    for name, theirs, target in (("SpamAssassin Bayes", assassin, 0.4), ("bogofilter", bogofilter, 0.25)):
        low, high = ratio_interval(spam, ours, theirs, area_missed)
        other = area_missed(spam, theirs)
        value = f"{mine:.2f} %, {mine / other:.2f}x ({low:.2f}..{high:.2f})"
        what = f"train once 60/40 by date, 1-AUC against {name}"
        yield Figure(what, f"<= {target:.2f}x", value, f"{other:.2f} %", mine / other <= target)


def _taught_once(older: Sequence[Mail], newer: Sequence[Mail]) -> list[float]:
    with peers.taught(older) as peer:
        return peer.scores(newer)


def _few(mails: Sequence[Mail], features: dict[str, Features]) -> Iterator[Figure]:
    reached = protocol.few(mails, features, counts=tuple(FEW), draws=DRAWS, tested=TESTED)
    for count, target in FEW.items():
        draws = reached[count]
        ours, theirs = ([accuracy(*one) for one in side] for side in _sides(draws))
        low, high = difference_interval([(one.spam, one.ours, one.theirs) for one in draws], accuracy)
        name, mine = f"accuracy after {count} corrections, {DRAWS} draws", median(ours)
        peer = f"bogofilter {median(theirs):.1%}; ours less theirs {100 * low:+.1f}..{100 * high:+.1f} points"
        yield Figure(name, f">= {target:.1%}", f"{mine:.1%} ({_spread(ours)})", peer, mine >= target)
    for count in (50, 100):
        draws = reached[count]
        mine, other = (median(area_missed(*one) for one in side) for side in _sides(draws))
        low, high = difference_interval([(one.spam, one.ours, one.theirs) for one in draws], area_missed)
        peer = f"bogofilter {other:.2f} %; ours less theirs {low:+.2f}..{high:+.2f} points"
        yield Figure(
            f"1-AUC after {count} corrections", "no worse than bogofilter", f"{mine:.2f} %", peer, mine <= other
        )


def _sides(draws: Sequence[protocol.Few]) -> tuple[list[Scored], list[Scored]]:
    return [(one.spam, one.ours) for one in draws], [(one.spam, one.theirs) for one in draws]


def _tags(mails: Sequence[Mail]) -> Iterator[Figure]:
    known = lists.by_list(mails)
    for count, target in TAGS.items():
        first, third = lists.accuracy(known, examples=count, draws=DRAWS)
        name = f"tag of {len(known)} lists at {count} examples, top-1"
        yield Figure(name, f">= {target:.2f}", f"{first:.3f}, top-3 {third:.3f}", "", first >= target)


def _size(mails: Sequence[Mail], features: dict[str, Features]) -> Iterator[Figure]:
    known = [Example(features[str(mail.path)], int(mail.is_spam)) for mail in mails]
    two = len(to_bytes(train(known, ("no", "yes")).model)) / MIB
    value = f"{two:.2f} MiB after {len(mails):,} corrections"
    yield Figure("model of one question", "<= 1.2 MiB", value, "", two <= 1.2)


def _spread(found: Sequence[float]) -> str:
    return f"{min(found):.3f}..{max(found):.3f}"
