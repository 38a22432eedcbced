"""Fill a new database with mail up to now, judged, and a conversation that was really synced: fill.py URL COUNT.

Tells the id of the newest message of that conversation: HTML as shops write it, with opinions of the host's own.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from random import Random

from bench.children.fill import analyze, fill
from bench.gauge import tell
from bench.generated import WORDS_A_TEXT, Made
from mailhelper_core import MailHelper, Opinion, Store
from mailhelper_core.model.mind.opinion import Verdict
from mailhelper_core.store.mind import opinions
from mailhelper_core.store.unit_of_work import UnitOfWork
from mailhelper_core.testing import ImapServer, MailboxGenerator

# The first user of a host.
OWNER = "1"
SYNCED = 300
# Rows of a shop's table, a picture and a link each: 25 kB, the median of HTML mail with pictures.
HTML_ROWS = 80


def main() -> None:
    """Fill the database that the command line names."""
    url, count = sys.argv[1], int(sys.argv[2])
    now = datetime.now(UTC)
    with MailHelper(url) as helper, ImapServer(users={"ada": "secret"}) as server:
        helper.migrate()
        store = Store.open(url)
        fill(store.for_owner(OWNER), count, WORDS_A_TEXT, now - timedelta(hours=1), judge)
        MailboxGenerator(seed=1, until=now).fill(server.store.user("ada"), count=SYNCED)
        for raw in conversation(now):
            server.store.user("ada").mailbox("INBOX").append(raw, flags=frozenset({"\\Seen"}))
        ada = helper.for_owner(OWNER)
        ada.run(ada.accounts.add(server.url, username="ada", password="secret").id)
        analyze(store)
        store.close()
        newest = ada.search("subject:lanterns", limit=1)[0]
        if len(ada.messages.thread(newest.id)) < 3 or not ada.opinions.of([newest.id])[newest.id]:
            raise RuntimeError("no conversation, or no opinions on it")
        tell({"message": float(newest.id)})


def judge(uow: UnitOfWork, account_id: int, ids: Sequence[int], batch: Sequence[Made]) -> None:
    """Say of each message what the host's own classifiers answer: six questions, with reasons; all fields get some."""
    said, verdicts = {}, {}
    for id_, one in zip(ids, batch, strict=True):
        random = Random(one.number)
        urgency, importance = (random.choices((1, 2, 3), (70, 25, 5))[0] for _ in range(2))
        spam = random.random() ** 4
        values = {
            "category": one.category or "other", "importance": str(importance), "language": "en", "reply": "no",
            "spam": "yes" if spam >= 0.5 else "no", "urgency": str(urgency),
        }  # fmt: skip
        said[id_] = [
            Opinion(kind, value, 0.6 + 0.4 * random.random(), ("mailing list", "bulk precedence"), "heuristics", "2")
            for kind, value in values.items()
        ]
        verdicts[id_] = Verdict(spam, one.category, urgency, importance, "en")
    opinions.add(uow, account_id, said)
    opinions.set_effective(uow, verdicts)


def conversation(now: datetime) -> list[bytes]:
    """Answer three mails, the last of them as a shop writes it."""
    found = []
    for number in range(3):
        mail = EmailMessage()
        mail["From"] = "Lantern Shop <orders@lanterns.example>" if number % 2 == 0 else "ada@example.org"
        mail["To"] = "ada@example.org" if number % 2 == 0 else "orders@lanterns.example"
        mail["Subject"] = "Your lanterns" if number == 0 else "Re: Your lanterns"
        mail["Message-ID"] = f"<lantern{number}@lanterns.example>"
        mail["Date"] = now - timedelta(minutes=30 - 10 * number)
        if number:
            mail["In-Reply-To"] = mail["References"] = f"<lantern{number - 1}@lanterns.example>"
        mail.set_content("Please tell us by Friday which of these you would like.\n" * 3)
        if number == 2:
            mail.add_alternative(_shop_page(), subtype="html")
            mail.add_attachment(b"%PDF-1.4 " * 500, maintype="application", subtype="pdf", filename="offer.pdf")
        found.append(mail.as_bytes())
    return found


def _shop_page() -> str:
    rows = "".join(
        f'<tr style="background:#f4f4f4"><td width="120"><img src="https://lanterns.example/{number}.jpg" alt="Lantern'
        f' {number}" width="120"></td><td style="font-family:Arial;color:#333333;padding:8px"><a href="https://lanterns'
        f'.example/buy?item={number}&amp;from=mail"><b>Lantern {number}</b></a><br>Paper, round, warm light.</td></tr>'
        for number in range(HTML_ROWS)
    )
    style = "<style>td{border:0}a{color:#0057b7}</style>"
    return f"<html><head>{style}</head><body><table width='600'>{rows}</table></body></html>"


if __name__ == "__main__":
    main()
