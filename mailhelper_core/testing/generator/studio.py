"""What every scene works with: the dice, the world, the clock, and the making of a draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from itertools import count
from random import Random

from mailhelper_core.testing.generator.draft import Trust
from mailhelper_core.testing.generator.facts import Occasion, facts
from mailhelper_core.testing.generator.mail import Level
from mailhelper_core.testing.generator.mailer import Mailer
from mailhelper_core.testing.generator.wording import Teller, Wording
from mailhelper_core.testing.generator.world import TOPICS, Person, World

# Where senders live: most near the owner, who lives in the first.
ZONES = tuple(timezone(timedelta(minutes=minutes)) for minutes in (60, 60, 60, 60, 0, 0, 120, -300, -480, 330))


@dataclass(slots=True)
class Studio:
    """State shared by the scenes of one mailbox."""

    rng: Random
    world: World
    wordings: Mapping[str, Wording]
    begin: datetime
    end: datetime
    threads: count[int] = field(default_factory=lambda: count(1))

    @property
    def owner(self) -> Person:
        """Whose mailbox it is."""
        return self.world.owner

    def language(self) -> str:
        """Draw a language."""
        return self.rng.choice(list(self.wordings))

    def contact(self) -> Person:
        """Draw a contact; those who matter write more often."""
        contacts = self.world.contacts
        return self.rng.choices(contacts, weights=[contact.weight for contact in contacts])[0]

    def moment(self) -> datetime:
        """Draw a time in the mailbox's span, mostly by day, in the sender's zone."""
        span = int((self.end - self.begin).total_seconds())
        moment = self.begin + timedelta(seconds=self.rng.randrange(span))
        if moment.hour < 6 and self.rng.random() < 0.8:
            moment = max(self.begin, moment - timedelta(hours=8))
        return moment.replace(microsecond=0).astimezone(self.rng.choice(ZONES))

    def later(self, moment: datetime, hours: float) -> datetime:
        """Draw a time after the moment, about so many hours away."""
        return moment + timedelta(minutes=self.rng.randint(3, max(4, int(hours * 120))))

    def teller(self, occasion: Occasion, topic: str | None = None) -> Teller:
        """Answer what fills the templates of one mail."""
        wording = self.wordings[occasion.language]
        chosen = wording.topics[topic or self.rng.choice(TOPICS)]
        return Teller(wording, self.rng, facts(occasion, self.owner, self.rng), chosen)

    def trust(self, *, shaky: float = 0.04) -> Trust:
        """Draw what the receiving server says about a decent sender; some forward badly or never signed."""
        score = round(self.rng.uniform(-3.5, 3.2), 1) if self.rng.random() < 0.3 else None
        if self.rng.random() < shaky:
            return Trust("softfail", "none", "none", score)
        return Trust(score=score)

    def message_id(self, mailer: Mailer, domain: str) -> str:
        """Draw a Message-ID of the program."""
        return mailer.message_id(self.rng, domain)

    def chance(self, probability: float) -> bool:
        """Throw the dice."""
        return self.rng.random() < probability

    def flags(self, draft_age_days: float, *, importance: Level, urgency: Level) -> frozenset[str]:
        """Draw flags: old mail is read, what matters is read sooner and sometimes flagged."""
        flags = set()
        if self.chance(min(0.97, 0.25 + 0.1 * importance + 0.03 * draft_age_days)):
            flags.add("\\Seen")
        if importance == 3 and urgency >= 2 and self.chance(0.4):
            flags.add("\\Flagged")
        return frozenset(flags)

    def age_days(self, moment: datetime) -> float:
        """Answer how many days before the end the moment lies."""
        return (self.end - moment).total_seconds() / 86_400
