"""What a user has that has an id, one of each kind, and words that nobody else may ever see."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import EmailMessage

from examples.flask_host.tests.browser import ended
from mailhelper_core import OwnerServices, Rule
from mailhelper_core.testing import ImapServer

FILE = b"%PDF-1.4 not for everybody\r\n\x00\xff"


@dataclass(frozen=True)
class Belongings:
    """Services of a user, the ids of what is theirs by the names that routes give them, and their words."""

    mine: OwnerServices
    ids: dict[str, int]
    words: tuple[str, ...]

    def state(self) -> tuple[object, ...]:
        """Answer all that somebody else might have changed."""
        mine, message = self.mine, self.mine.messages.get(self.ids["message_id"])
        return (
            [(rule.name, rule.enabled) for rule in mine.rules.list()],
            [(tag.name, tag.color, tag.messages) for tag in mine.tags.list()],
            [(one.id, one.name, one.state) for one in mine.accounts.list()],
            [(one.id, one.body) for one in mine.replies.list()],
            [(one.name, one.query) for one in mine.searches.list()],
            mine.egress.consents(),
            [one.id for one in mine.changes(limit=200)],
            (message.places, message.keywords, message.tag_names, message.urgency, message.category, message.spam),
            [one.id for one in mine.messages.thread(message.id)],
        )


def belongings(mine: OwnerServices, user_id: int, server: ImapServer, login: str, word: str) -> Belongings:
    """Give a user a synced mailbox with a file in a mail, and a rule, a tag, a draft, a change, a job, a search."""
    inbox = server.store.user(login).mailbox("INBOX")
    for subject in (f"The {word} offer", f"Re: The {word} offer"):
        inbox.append(_mail(word, subject))
    account = mine.accounts.add(server.url, username=login, password="secret")
    mine.run(account.id)
    mine.tags.create(f"{word}-tag")
    one = mine.search(f'subject:"{word}"', limit=1)[0]
    change = mine.tags.assign([one.id], f"{word}-tag")
    rule = mine.rules.save(Rule(f"{word}-rule", when=f"subject:{word}", then=[("tag", f"{word}-tag")]))
    mine.searches.save(f"{word}-search", f"subject:{word}")
    job = ended(mine, f"/jobs/{mine.jobs.submit('process', account_id=account.id).id}")
    ids = {
        "message_id": one.id, "account_id": account.id, "change_id": change.id, "job_id": job.id, "rule_id": rule.id,
        "draft_id": mine.replies.draft(one.id).id, "user_id": user_id, "number": 0,
    }  # fmt: skip
    told = ("{}-tag", "{}-rule", "{}-search", "The {} offer", "{}@example.net", "{}.pdf", "Would you like the {}")
    return Belongings(mine, ids, tuple(one.format(word) for one in told))


def _mail(word: str, subject: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"{word} <{word}@example.net>", "me@example.org", subject
    mail["Message-ID"] = f"<{len(subject)}@{word}.example>"
    mail["Date"] = "Mon, 23 Nov 2026 10:00:00 +0000"
    mail.set_content(f"Would you like the {word}?")
    mail.add_attachment(FILE, maintype="application", subtype="pdf", filename=f"{word}.pdf")
    return mail.as_bytes()
