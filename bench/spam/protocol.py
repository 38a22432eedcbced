"""The protocols: online (answer, then learn), train once by date, and learning from few corrections."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.spam import peers
from bench.spam.mails import Mail, read
from bench.spam.merit import Numbers, area_missed
from mailhelper_core.ai.calibrate import Scale, probabilities
from mailhelper_core.ai.features import Features, features_of
from mailhelper_core.ai.learner import Example, Learner, fit, scores


@dataclass(frozen=True, slots=True)
class Few:
    """What was reached after so many corrections."""

    area: float
    accuracy: float


def ours_online(mails: Sequence[Mail]) -> tuple[Numbers, float]:
    """Answer the probability of each mail before it is learned, and CPU seconds from octets to the update."""
    learner, found = Learner(2), []
    started = time.process_time()
    for mail in mails:
        features = features_of(read(mail.raw))
        found.append(learner.score(features))
        learner.learn(Example(features, int(mail.is_spam)))
    used = time.process_time() - started
    return probabilities(np.array(found), Scale())[:, 1], used


def ours_online_features(mails: Sequence[Mail], features: dict[str, Features]) -> Numbers:
    """Answer the same from features made before."""
    learner, found = Learner(2), []
    for mail in mails:
        known = features[str(mail.path)]
        found.append(learner.score(known))
        learner.learn(Example(known, int(mail.is_spam)))
    return probabilities(np.array(found), Scale())[:, 1]


def ours_once(older: Sequence[Mail], newer: Sequence[Mail], features: dict[str, Features]) -> Numbers:
    """Answer the scores of newer mails after training on the older ones."""
    known = [Example(features[str(mail.path)], int(mail.is_spam)) for mail in older]
    found: Numbers = scores(fit(known, 2).weights, [features[str(mail.path)] for mail in newer])[:, 0]
    return found


def few(
    mails: Sequence[Mail], features: dict[str, Features], *, counts: Sequence[int], draws: int, tested: int
) -> tuple[dict[int, list[Few]], dict[int, list[Few]]]:
    """Answer what we and bogofilter reach after so many corrections, draw by draw."""
    ours: dict[int, list[Few]] = {count: [] for count in counts}
    theirs: dict[int, list[Few]] = {count: [] for count in counts}
    for draw in range(draws):
        drawn = random.Random(1_000 + draw).sample(list(mails), len(mails))
        test, known = drawn[:tested], drawn[tested:]
        truth = np.array([mail.is_spam for mail in test])
        with tempfile.TemporaryDirectory(prefix="bench-bogofilter-") as folder:
            peer, taught = peers.Bogofilter(folder), 0
            for count in counts:
                for mail in known[taught:count]:
                    peer.learn(mail)
                taught = count
                spamicity = np.array(peer.scores(test))
                theirs[count].append(Few(area_missed(truth, spamicity), float(((spamicity > 0.5) == truth).mean())))
                found = ours_once(known[:count], test, features)
                ours[count].append(Few(area_missed(truth, found), float(((found > 0) == truth).mean())))
    return ours, theirs
