"""The protocols: online (answer, then learn), train once by date, and learning from few corrections."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.spam import peers
from bench.spam.mails import Mail, read
from bench.spam.merit import Flags, Numbers
from mailhelper_core.ai.learner.calibrate import Scale, probabilities
from mailhelper_core.ai.learner.features import Features, features_of
from mailhelper_core.ai.learner.learner import PASSES, Example, Learner, fit, scores
from mailhelper_core.process.learned import noticed

# Of this many newest examples, stored ones are learned again.
REPLAYED = 500


@dataclass(frozen=True, slots=True)
class Few:
    """What a draw gave after so many corrections: the truth, our scores and the peer's, spam above zero for both."""

    spam: Flags
    ours: Numbers
    theirs: Numbers


class Pupil:
    """The learner online: each mail is learned once when it comes, and twice more in passing.

    The stage trains in three passes over everything that is stored; two stored examples a mail stand for that here.
    """

    def __init__(self) -> None:
        self._learner = Learner(2)
        self._known: list[Example] = []
        self._drawn = random.Random(0)

    def judge(self, mail: Mail, features: Features) -> float:
        """Answer the score of a mail, then learn it."""
        found = float(self._learner.score(features)[0])
        self._known.append(Example(features, int(mail.is_spam)))
        self._learner.learn(self._known[-1])
        for _ in range(PASSES - 1):
            newest = max(0, len(self._known) - REPLAYED)
            self._learner.learn(self._known[self._drawn.randrange(newest, len(self._known))])
        return found


def read_features(mail: Mail) -> Features:
    """Read a mail, and answer its features."""
    message = read(mail.raw)
    return features_of(message, noticed(message), asks_about=False)  # a question of yes and no


def ours_online(mails: Sequence[Mail], made: dict[str, Features]) -> Numbers:
    """Answer the probability of each mail before it is learned, from features made before."""
    pupil = Pupil()
    found = [pupil.judge(mail, made[str(mail.path)]) for mail in mails]
    return probabilities(np.array(found)[:, None], Scale())[:, 1]


def ours_once(older: Sequence[Mail], newer: Sequence[Mail], features: dict[str, Features]) -> Numbers:
    """Answer the scores of newer mails after training on the older ones."""
    known = [Example(features[str(mail.path)], int(mail.is_spam)) for mail in older]
    found: Numbers = scores(fit(known, 2).weights, [features[str(mail.path)] for mail in newer])[:, 0]
    return found


def few(
    mails: Sequence[Mail], features: dict[str, Features], *, counts: Sequence[int], draws: int, tested: int
) -> dict[int, list[Few]]:
    """Answer what we and bogofilter say after so many corrections, draw by draw."""
    reached: dict[int, list[Few]] = {count: [] for count in counts}
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
                found = ours_once(known[:count], test, features)
                reached[count].append(Few(truth, found, spamicity - 0.5))
    return reached
