"""The tag benchmark: which of seven mailing lists a mail is from, with everything removed that names the list."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from statistics import mean

import numpy as np

from bench.spam.mails import Mail
from mailhelper_core.ai.learner.features import Features, features_of
from mailhelper_core.ai.tagging.tags import TagExamples, score_tags
from mailhelper_core.model.mail.message import MailFacts, MessageDetail

LISTS = 7
TESTED = 60
_KEPT = frozenset({"from", "subject", "date", "content-type", "mime-version", "user-agent", "x-mailer"})
_SUBJECT_TAG = re.compile(r"\[[^\]]{2,20}\]\s*")
_FOOTER = re.compile(r"\n_{20,}\n.*", re.DOTALL)


def by_list(mails: Sequence[Mail]) -> dict[str, list[Features]]:
    """Answer the features of the mails of the largest lists."""
    found: dict[str, list[Features]] = defaultdict(list)
    for mail in mails:
        if not mail.is_spam and mail.message.facts.list_id:
            found[mail.message.facts.list_id].append(features_of(_anonymous(mail.message)))
    largest = sorted(found, key=lambda name: (-len(found[name]), name))[:LISTS]
    return {name: found[name] for name in largest}


def accuracy(lists: dict[str, list[Features]], *, examples: int, draws: int) -> tuple[float, float]:
    """Answer top-1 and top-3 accuracy with so many examples a list, the mean of several draws."""
    first, third = [], []
    names = list(lists)
    for draw in range(draws):
        chosen = random.Random(draw)
        mixed = {name: chosen.sample(lists[name], len(lists[name])) for name in names}
        tags = {name: TagExamples(mixed[name][:examples]) for name in names}
        test = [(number, one) for number, name in enumerate(names) for one in mixed[name][examples:][:TESTED]]
        ranked = np.argsort(-score_tags(tags, [one for _, one in test]), axis=1)
        truth = np.array([number for number, _ in test])
        first.append(float((ranked[:, 0] == truth).mean()))
        third.append(float((ranked[:, :3] == truth[:, None]).any(axis=1).mean()))
    return mean(first), mean(third)


def _anonymous(message: MessageDetail) -> MessageDetail:
    headers = tuple((name, value) for name, value in message.headers if name.lower() in _KEPT)
    subject = _SUBJECT_TAG.sub("", message.subject)
    text = _FOOTER.sub("", message.text)
    return replace(message, headers=headers, subject=subject, text=text, facts=MailFacts(), to=(), cc=(), reply_to=())
