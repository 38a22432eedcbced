"""MailboxGenerator: a mailbox from a seed, the same every time, with the truth about every mail."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

from mailhelper_core.testing.generator.appointment import appointment
from mailhelper_core.testing.generator.compose import arrival, compose
from mailhelper_core.testing.generator.draft import Draft
from mailhelper_core.testing.generator.files import write_maildir, write_mbox
from mailhelper_core.testing.generator.junk import SPAM_KINDS, junk
from mailhelper_core.testing.generator.machine import KINDS, machine_mail
from mailhelper_core.testing.generator.mail import GeneratedMail
from mailhelper_core.testing.generator.oddity import DUPLICATE, ODDITIES
from mailhelper_core.testing.generator.personal import discussion, exchange, letter, party
from mailhelper_core.testing.generator.stray import absence, bounce, scan
from mailhelper_core.testing.generator.studio import Studio
from mailhelper_core.testing.generator.wording import load_wording
from mailhelper_core.testing.generator.world import Person, draw_world
from mailhelper_core.testing.mailstore.store import User

OWNER = Person("Ada Berger", "ada@example.org", "de", 3)
# A Monday morning: weekdays ahead, and no change of the clocks in the weeks before.
DEFAULT_UNTIL = datetime(2025, 3, 3, 8, 0, tzinfo=UTC)
_DAYS = 60
# One broken mail in so many: a few in a small mailbox, every kind once in one of 300.
_SOUND_PER_ODD = 18

Scene = Callable[[Studio], list[Draft]]


class MailboxGenerator:
    """Makes mailboxes of one owner.

    `templates` "a", "b", "c" or "d": sets of wording and senders, so that what learns on some can be tested on
    another; "b" is the one that our own words and weights were never tuned with. `until` is the time of the newest
    mail; the oldest is 60 days older. `mails(count)` answers the same mails for the same arguments, in the order of
    their arrival.
    """

    def __init__(
        self,
        seed: int = 1,
        *,
        languages: Sequence[str] = ("de", "en"),
        templates: str = "a",
        owner: Person = OWNER,
        until: datetime = DEFAULT_UNTIL,
    ) -> None:
        self._seed = seed
        self._templates = templates
        self._until = until
        self._wordings = {language: load_wording(templates, language) for language in languages}
        # Who writes the owner's letters writes a language that is asked for.
        self._owner = owner if owner.language in self._wordings else replace(owner, language=languages[0])

    def mails(self, count: int = 300) -> tuple[GeneratedMail, ...]:
        """Answer so many mails, oldest first."""
        # The text is what seeds: the same on every version of Python and in every process.
        rng = Random(f"{self._seed} {self._templates} {','.join(self._wordings)} {count}")  # noqa: S311
        studio = self._studio(rng)
        odd = count // _SOUND_PER_ODD
        drafts = _perform(studio, self._scenes(), count - odd)
        sound = [_finish(draft, compose(draft, rng, self._owner.address)) for draft in drafts]
        return tuple(sorted([*sound, *_break_some(sound, rng, odd)], key=lambda mail: mail.internal_date))

    def fill(self, user: User, count: int = 300) -> tuple[GeneratedMail, ...]:
        """Put mails into the mailboxes of a user of the IMAP server's store, and answer them."""
        mails = self.mails(count)
        for mail in mails:
            user.mailbox(mail.mailbox).append(mail.raw, flags=mail.flags, internal_date=mail.internal_date)
        return mails

    def write_maildir(self, path: Path, count: int = 300) -> tuple[GeneratedMail, ...]:
        """Write mails as a Maildir, mailboxes other than INBOX as Maildir++ folders, and answer them."""
        mails = self.mails(count)
        write_maildir(path, mails)
        return mails

    def write_mbox(self, path: Path, count: int = 300) -> tuple[GeneratedMail, ...]:
        """Write mails as one mbox file, and answer them."""
        mails = self.mails(count)
        write_mbox(path, mails)
        return mails

    def _studio(self, rng: Random) -> Studio:
        world = draw_world(rng, self._owner, tuple(self._wordings), self._templates)
        return Studio(rng, world, self._wordings, self._until - timedelta(days=_DAYS), self._until)

    def _scenes(self) -> list[tuple[Scene, int]]:
        """Answer all scenes with their weights: how often each is played in comparison."""
        return [
            (letter, 48),
            (exchange, 20),
            (discussion, 10),
            (party, 4),
            (partial(appointment, kind="meeting"), 10),
            (partial(appointment, kind="cancelled"), 2),
            (absence, 3),
            (bounce, 3),
            (scan, 3),
            *((partial(machine_mail, kind=kind), 16 if kind.category == "newsletter" else 6) for kind in KINDS),
            *((partial(junk, kind=kind, templates=self._templates), 4) for kind in SPAM_KINDS),
        ]


def _perform(studio: Studio, scenes: list[tuple[Scene, int]], count: int) -> list[Draft]:
    """Play every scene once, then by weight, until there are enough mails."""
    weights = [weight for _, weight in scenes]
    queue = [scene for scene, _ in scenes]
    studio.rng.shuffle(queue)
    drafts: list[Draft] = []
    while len(drafts) < count:
        if not queue:
            queue = [scene for scene, _ in studio.rng.choices(scenes, weights, k=20)]
        drafts.extend(queue.pop()(studio))
    return [_filed(studio, draft) for draft in drafts[:count]]


def _filed(studio: Studio, draft: Draft) -> Draft:
    """Put some old mail away, as owners do."""
    old = studio.age_days(draft.sent_at) > 30 and draft.mailbox == "INBOX" and not draft.truth.spam
    if not old or not studio.chance(0.3):
        return draft
    bulk = draft.truth.category in ("newsletter", "social", "notification")
    return replace(draft, mailbox="Trash" if bulk else "Archive", flags=draft.flags | {"\\Seen"})


def _finish(draft: Draft, raw: bytes) -> GeneratedMail:
    return GeneratedMail(raw, draft.mailbox, draft.flags, arrival(draft).astimezone(UTC), draft.truth)


def _break_some(sound: list[GeneratedMail], rng: Random, count: int) -> list[GeneratedMail]:
    """Answer broken copies of some mails, each kind of damage as often as any other."""
    # Mails that stand alone: damage must not make the truth about a thread wrong.
    candidates = [
        mail
        for mail in sound
        if mail.mailbox == "INBOX"
        and not mail.truth.spam
        and mail.truth.kind not in ("reply", "absence")
        and mail.truth.thread is None
    ]
    kinds = [DUPLICATE, *ODDITIES]
    rng.shuffle(kinds)
    broken = []
    for at in range(count if candidates else 0):
        mail, kind = rng.choice(candidates), kinds[at % len(kinds)]
        truth = replace(mail.truth, oddity=kind)
        later = mail.internal_date + timedelta(minutes=rng.randint(1, 300))
        raw = _damage(mail.raw, kind)
        broken.append(replace(mail, raw=raw, truth=truth, internal_date=later, flags=frozenset()))
    return broken


def _damage(raw: bytes, kind: str) -> bytes:
    if kind == DUPLICATE:
        return raw.replace(b"\r\nSubject: ", b"\r\nSubject: Fwd: ", 1)
    return ODDITIES[kind](raw)
