"""Ours and bogofilter online, a block of mails each in turn: what slows the machine for a while slows both."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median

import numpy as np

from bench.spam import peers, protocol
from bench.spam.mails import Mail
from bench.spam.merit import Numbers
from mailhelper_core.ai.learner.calibrate import Scale, probabilities

# Mails of a turn: a second of bogofilter's CPU.
BLOCK = 200


@dataclass(frozen=True, slots=True)
class InTurn:
    """What both said of each mail before they learned it, and their CPU seconds a mail by turn, in pairs."""

    ours: Numbers
    theirs: Numbers
    turns: Sequence[tuple[float, float]]

    @property
    def ours_ms(self) -> float:
        """Answer our CPU milliseconds a mail."""
        return 1_000 * fmean(ours for ours, _ in self.turns)

    @property
    def theirs_ms(self) -> float:
        """Answer the peer's CPU milliseconds a mail."""
        return 1_000 * fmean(theirs for _, theirs in self.turns)

    @property
    def ratio(self) -> float:
        """Answer the median of the pairs."""
        return median(ours / theirs for ours, theirs in self.turns)

    @property
    def spread(self) -> str:
        """Answer the least and the most of the pairs."""
        found = [ours / theirs for ours, theirs in self.turns]
        return f"{min(found):.2f}..{max(found):.2f}"


def online(mails: Sequence[Mail]) -> InTurn:
    """Let both judge and learn mails in this order; ours from octets to the update."""
    pupil, ours, theirs, turns = protocol.Pupil(), [], [], []
    with peers.taught(()) as peer:
        for start in range(0, len(mails), BLOCK):
            block = mails[start : start + BLOCK]
            began = time.process_time()
            ours += [pupil.judge(mail, protocol.read_features(mail)) for mail in block]
            used, before = time.process_time() - began, peers.cpu_seconds()
            theirs += [peer.judge(mail) for mail in block]
            turns.append((used / len(block), (peers.cpu_seconds() - before) / len(block)))
    return InTurn(probabilities(np.array(ours)[:, None], Scale())[:, 1], np.array(theirs), turns)
