"""What pages need that they have something to show: users in other states than the demo's, and mail for what waits."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from flask import Flask
from flask_security.utils import hash_password

from examples.flask_host.tests.browser import services
from mailhelper_core import OwnerServices, Rule
from mailhelper_core.testing import Call, Fault, ImapServer, MailboxGenerator
from mailhelper_web.commands import DEMO_PASSWORD, DEMO_SECRET
from mailhelper_web.safety.links import reset_path
from mailhelper_web.users import User


def make_guests(app: Flask, emails: Iterable[str]) -> None:
    """Let guests be users of the host, with the demo's password."""
    with app.app_context():
        datastore = app.extensions["security"].datastore
        for email in emails:
            datastore.create_user(email=email, password=hash_password(DEMO_PASSWORD))
        datastore.commit()


def turn_on(app: Flask, email: str) -> None:
    """Turn a guest's second factor on; one who is logged in stays so, and has codes for a lost phone."""
    with app.app_context():
        security = app.extensions["security"]
        user = _user(app, email)
        secret = security.totp_factory.generate_totp_secret()
        security.datastore.tf_set(user, "authenticator", totp_secret=secret)
        security.mf_recovery_codes_util.create_recovery_codes(user)
        security.datastore.commit()


def turn_off(app: Flask, email: str) -> None:
    """Take a guest's second factor off."""
    with app.app_context():
        datastore = app.extensions["security"].datastore
        datastore.tf_reset(_user(app, email))
        datastore.commit()


def draft(ada: OwnerServices) -> int:
    """Draft an answer to the newest message that wants one, and answer the draft."""
    found = ada.search("(category:people OR category:conversation) in:inbox", limit=200)
    return next(made.id for one in found if (made := ada.replies.draft(one.id)).state != "none")


def reset_token(app: Flask, email: str) -> str:
    """Answer the last part of an address by which a guest chooses another password."""
    with app.test_request_context():
        token = reset_path(_user(app, email)).rpartition("/")[2]
        app.extensions["security"].datastore.commit()
    return token


@contextmanager
def slow_sync(app: Flask, email: str) -> Iterator[int]:
    """Let a guest's first sync be at work; answer the account."""
    may_go = threading.Event()
    with ImapServer(users={"slow": DEMO_SECRET}) as server:
        MailboxGenerator(seed=8).fill(server.store.user("slow"), count=300)
        server.faults.add(Fault("UID FETCH", Call(may_go.wait), nth=4, times=None))
        slow = services(app, email)
        account = slow.accounts.add(server.url, username="slow", password=DEMO_SECRET, name=email)
        slow.jobs.submit("run", account_id=account.id)
        try:
            yield account.id
        finally:
            may_go.set()


def let_wait(ada: OwnerServices, imap: ImapServer) -> None:
    """Let steps of a rule wait for a word, and tags that are suggested: one that is there, and new ones."""
    for club in ("rowing", "chess"):
        for number in range(6):
            mail = f"From: chair@{club}.example\r\nList-Id: <{club}.example>\r\nSubject: [{club}] {number}\r\n\r\nx\r\n"
            imap.store.user("ada").mailbox("INBOX").append(mail.encode())
    ada.tags.create("rowing", color="#2b8a3e", description="the club")
    ada.run(ada.accounts.list()[0].id)
    ada.learning.propose_tags()
    ada.rules.save(Rule("asks first", "category:newsletter", [("tag", "reading list")], propose=True))
    ada.rules.run(query="category:newsletter")


def tell(ada: OwnerServices) -> None:
    """Let a rule tell of mail, and a search be kept."""
    ada.rules.save(Rule("somebody wrote", "category:people", [("notify", "answer it")]))
    ada.rules.run(query="category:people")
    ada.searches.save("Bills", "category:finance")


def teach(ada: OwnerServices) -> None:
    """Let the owner have said of sixty messages what kind they are, and learning have looked at it."""
    for message in ada.search("-category:other", limit=60):
        if message.category:
            ada.opinions.correct([message.id], category=message.category)
    ada.learning.train("category")


def _user(app: Flask, email: str) -> User:
    user: User = app.extensions["users"].query(User).filter_by(email=email).one()
    return user
