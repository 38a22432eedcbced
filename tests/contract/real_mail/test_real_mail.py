"""501 real and hostile mails on the whole way in: every octet stored, nothing lost, on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from mailhelper_core import Account, MailHelper, OwnerServices, RunReport
from tests.servers.dovecot import PASSWORD, Dovecot


@pytest.fixture(scope="module")
def raws(shared_data: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted((shared_data / "mails").rglob("*.eml"))]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def ada(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnerServices]:
    """An owner in one database for all tests of this file: 13.5 MB need not be stored for each."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('real') / 'mail.db'}"
    else:
        server = request.getfixturevalue("postgres")
        url = server.url(server.create_database())
    with MailHelper(url, key=b"k" * 32) as helper:
        helper.migrate()
        yield helper.for_owner("ada")


@pytest.fixture(scope="module")
def maildir(
    ada: OwnerServices, raws: list[bytes], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Account, RunReport]:
    """A Maildir account with all mails, after its first run."""
    folder = tmp_path_factory.mktemp("maildir") / "mail"
    write_maildir(folder, raws)
    account = ada.accounts.add(f"maildir://{folder}")
    return account, ada.run(account.id)


def write_maildir(folder: Path, raws: list[bytes]) -> None:
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    for number, raw in enumerate(raws):
        (folder / "cur" / f"{1_700_000_000 + number}.M{number}.test:2,S").write_bytes(raw)


def everything(ada: OwnerServices, account: Account) -> dict[int, int]:
    """Answer the messages of an account, and in how many places each lies."""
    query, found = f"account:{account.id}", {}
    page = ada.search(query, limit=200)
    while True:
        found |= {message.id: len(message.places) for message in page}
        if page.next is None:
            return found
        page = ada.search(query, limit=200, after=page.next)


def digests(ada: OwnerServices, places: dict[int, int]) -> Counter[bytes]:
    """One digest for each place: a mail that lies in a mailbox twice is one message with two places."""
    found: Counter[bytes] = Counter()
    for id_, count in places.items():
        found[sha256(ada.messages.raw(id_)).digest()] += count
    return found


def test_a_maildir_arrives_octet_by_octet(
    ada: OwnerServices, maildir: tuple[Account, RunReport], raws: list[bytes]
) -> None:
    account, report = maildir

    assert report.errors == ()
    assert report.sync.new + report.sync.adopted == len(raws)
    assert digests(ada, everything(ada, account)) == Counter(sha256(raw).digest() for raw in raws)


def test_every_message_can_be_shown(ada: OwnerServices, maildir: tuple[Account, RunReport]) -> None:
    for id_ in list(everything(ada, maildir[0]))[::2]:
        detail = ada.messages.get(id_)
        assert "<script" not in ada.messages.html(id_).lower()
        for number in range(len(detail.attachments)):
            ada.messages.attachment(id_, number)


def test_a_second_sync_of_real_mail_does_nothing(ada: OwnerServices, maildir: tuple[Account, RunReport]) -> None:
    again = ada.sync(maildir[0].id)

    assert (again.new, again.updated, again.deleted, again.adopted, again.body_bytes) == (0, 0, 0, 0, 0)


def test_dovecot_arrives_octet_by_octet(
    ada: OwnerServices, raws: list[bytes], dovecot: Dovecot, dovecot_user: str
) -> None:
    for raw in raws:
        dovecot.deliver(dovecot_user, raw)
    account = ada.accounts.add(f"imap://127.0.0.1:{dovecot.port}", username=dovecot_user, password=PASSWORD)

    report = ada.sync(account.id)

    assert report.errors == ()
    assert digests(ada, everything(ada, account)) == dovecot.served(dovecot_user)
