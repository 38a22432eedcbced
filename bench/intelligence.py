"""Intelligence: the local learner beside bogofilter and SpamAssassin's Bayes, in the same run on the same mails."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from statistics import median

import numpy as np

from bench.figure import Figure
from bench.spam import lists, peers, protocol
from bench.spam.mails import Mail, measured, ordered
from bench.spam.merit import (
    Flags,
    Numbers,
    abstaining,
    area_missed,
    brier,
    f1,
    false_alarms,
    ratio_interval,
    recall,
)
from mailhelper_core.ai.features import Features, features_of
from mailhelper_core.ai.learner import Example
from mailhelper_core.ai.model import to_bytes
from mailhelper_core.ai.train import train

# Shuffled orders beside the one by date; fewer for a quick look.
ORDERS = int(os.environ.get("BENCH_ORDERS", "10"))
DRAWS = 10
TESTED = 1_000
OLDER = 0.6
# The threshold of the ready-made rule that moves spam away; bogofilter's own is its 0.5 of this scale.
OURS_FROM, THEIRS_FROM = 0.95, 0.5
# Between this and its opposite the learner leaves a mail open.
UNSURE = 0.02
FEW = {20: 0.86, 50: 0.93, 100: 0.95, 500: 0.982}
TAGS = {5: 0.84, 10: 0.88, 50: 0.95}
MIB = 2**20


def figures() -> Iterator[Figure]:
    """Yield the figures of intelligence."""
    mails = measured()
    features = {str(mail.path): features_of(mail.message) for mail in mails}
    yield from _few(mails, features)
    yield from _once(mails, features)
    yield from _tags(mails)
    yield from _size(mails, features)
    yield from _online(mails, features)


def _online(mails: Sequence[Mail], features: dict[str, Features]) -> Iterator[Figure]:
    dated = ordered(list(mails), "date")
    ours, used = protocol.ours_online(dated)
    theirs, peer_used = peers.online(dated)
    spam, peer = _truth(dated), np.array(theirs)
    low, high = ratio_interval(spam, ours, peer, area_missed)
    yield _ratio("by date", [area_missed(spam, ours)], [area_missed(spam, peer)], f"{low:.2f}..{high:.2f}", 0.5)
    yield from _thresholds("by date", [(spam, ours, peer)])
    yield _cpu(used / len(mails) * 1_000, peer_used / len(mails) * 1_000)
    shuffled = []
    for number in range(1, ORDERS + 1):
        drawn = ordered(list(mails), str(number))
        found = protocol.ours_online_features(drawn, features)
        shuffled.append((_truth(drawn), found, np.array(peers.online(drawn)[0])))
    mine = [area_missed(truth, found) for truth, found, _ in shuffled]
    other = [area_missed(truth, found) for truth, _, found in shuffled]
    ratios = [one / two for one, two in zip(mine, other, strict=True)]
    yield _ratio(f"{ORDERS} shuffled orders", mine, other, f"{min(ratios):.2f}..{max(ratios):.2f}", 0.5)
    yield from _thresholds(f"{ORDERS} shuffled orders", shuffled)


def _ratio(order: str, ours: Sequence[float], theirs: Sequence[float], spread: str, target: float) -> Figure:
    ratio = median(one / two for one, two in zip(ours, theirs, strict=True))
    value = f"{median(ours):.3f} %, {ratio:.2f}x ({spread})"
    peer = f"bogofilter {median(theirs):.3f} %"
    return Figure(f"spam online {order}, 1-AUC", f"<= {target:.2f}x bogofilter", value, peer, ratio <= target)


def _thresholds(order: str, runs: Sequence[tuple[Flags, Numbers, Numbers]]) -> Iterator[Figure]:
    ours = [recall(truth, mine, false_alarms=0.001) for truth, mine, _ in runs]
    theirs = [recall(truth, peer, false_alarms=0.001) for truth, _, peer in runs]
    is_met = median(ours) >= median(theirs)
    value, peer_value = f"{median(ours):.3f} ({_spread(ours)})", f"bogofilter {median(theirs):.3f} ({_spread(theirs)})"
    yield Figure(f"recall at 0.1 % false alarms, {order}", ">= bogofilter", value, peer_value, is_met)
    mine = [(false_alarms(truth, one, OURS_FROM), f1(truth, one, OURS_FROM)) for truth, one, _ in runs]
    peers_ = [(false_alarms(truth, one, THEIRS_FROM), f1(truth, one, THEIRS_FROM)) for truth, _, one in runs]
    alarms, score = (median(pair[side] for pair in mine) for side in (0, 1))
    peer_alarms, peer_score = (median(pair[side] for pair in peers_) for side in (0, 1))
    is_met = alarms <= peer_alarms and score >= peer_score
    name = f"ham called spam at the shipped threshold, {order}"
    value, peer_value = f"{alarms:.4f}, F1 {score:.4f}", f"bogofilter {peer_alarms:.4f}, F1 {peer_score:.4f}"
    yield Figure(name, "<= bogofilter, F1 no lower", value, peer_value, is_met)
    errors = median(brier(truth, one) for truth, one, _ in runs)
    peer_errors = median(brier(truth, one) for truth, _, one in runs)
    value, ratio = f"{errors:.4f}, {errors / peer_errors:.2f}x", errors / peer_errors
    yield Figure(f"Brier, {order}", "<= 0.5x bogofilter", value, f"bogofilter {peer_errors:.4f}", ratio <= 0.5)
    left = [abstaining(truth[len(truth) // 2 :], one[len(one) // 2 :], unsure=UNSURE) for truth, one, _ in runs]
    is_open, wrong = (median(pair[side] for pair in left) for side in (0, 1))
    name = f"abstaining between {UNSURE} and {1 - UNSURE}, second half, {order}"
    value = f"{is_open:.1%} open, {wrong:.4f} wrong"
    yield Figure(name, "<= 7 % open, <= .001 wrong", value, "", is_open <= 0.07 and wrong <= 0.001)


def _once(mails: Sequence[Mail], features: dict[str, Features]) -> Iterator[Figure]:
    dated = ordered(list(mails), "date")
    older, newer = dated[: int(len(dated) * OLDER)], dated[int(len(dated) * OLDER) :]
    spam, ours = _truth(newer), protocol.ours_once(older, newer, features)
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
    ours, theirs = protocol.few(mails, features, counts=tuple(FEW), draws=DRAWS, tested=TESTED)
    for count, target in FEW.items():
        mine, other = median(one.accuracy for one in ours[count]), median(one.accuracy for one in theirs[count])
        value = f"{mine:.1%} ({_spread([one.accuracy for one in ours[count]])})"
        name = f"accuracy after {count} corrections, {DRAWS} draws"
        yield Figure(name, f">= {target:.1%}", value, f"bogofilter {other:.1%}", mine >= target)
    for count in (50, 100):
        mine, other = median(one.area for one in ours[count]), median(one.area for one in theirs[count])
        name = f"1-AUC after {count} corrections"
        yield Figure(name, "no worse than bogofilter", f"{mine:.2f} %", f"bogofilter {other:.2f} %", mine <= other)


def _tags(mails: Sequence[Mail]) -> Iterator[Figure]:
    known = lists.by_list(mails)
    for count, target in TAGS.items():
        first, third = lists.accuracy(known, examples=count, draws=3)
        name = f"tag of {len(known)} lists at {count} examples, top-1"
        yield Figure(name, f">= {target:.2f}", f"{first:.3f}, top-3 {third:.3f}", "", first >= target)


def _size(mails: Sequence[Mail], features: dict[str, Features]) -> Iterator[Figure]:
    known = [Example(features[str(mail.path)], int(mail.is_spam)) for mail in mails]
    two = len(to_bytes(train(known, ("no", "yes")).model)) / MIB
    value = f"{two:.2f} MiB after {len(mails):,} corrections"
    yield Figure("model of one question", "<= 1.2 MiB", value, "", two <= 1.2)


def _cpu(ours: float, theirs: float) -> Figure:
    is_met = ours <= 3 and ours <= 0.2 * theirs
    value = f"{ours:.2f} ms, {ours / theirs:.2f}x"
    return Figure(
        "CPU a mail, parse to update", "<= 3 ms, <= 0.2x bogofilter", value, f"bogofilter {theirs:.2f} ms", is_met
    )


def _truth(mails: Sequence[Mail]) -> Flags:
    return np.array([mail.is_spam for mail in mails])


def _spread(found: Sequence[float]) -> str:
    return f"{min(found):.3f}..{max(found):.3f}"
