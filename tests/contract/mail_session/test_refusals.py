"""Every command says by its error why it failed, and what is refused without a code is looked into."""

from __future__ import annotations

import pytest

from mailhelper_core.errors import ServerError, ThrottledError
from mailhelper_core.model.source.remote import MailSession
from mailhelper_core.model.source.uidset import UidSet
from mailhelper_core.testing import Answer, Bye, Fault, ImapServer, Interrupt, SendInstead
from mailhelper_core.testing.imap.fault_actions import Action
from tests.contract.mail_session.origins import BundledOrigin, mail


@pytest.fixture
def session(server: ImapServer) -> MailSession:
    origin = BundledOrigin(server)
    origin.put(mail(1))
    session = origin.connect(timeout="5")
    session.open("INBOX", writable=True)
    return session


# To these a refusal may speak of one mailbox, to the others of the login as a whole.
OF_ONE_MAILBOX = ("UID STORE", "STATUS", "SELECT")


@pytest.mark.parametrize("command", ["UID FETCH", "UID SEARCH", "UID STORE", "LIST", "STATUS", "SELECT"])
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Answer("NO", "Request is throttled. Suggested Backoff Time: 1500 milliseconds"), "throttled"),
        (Answer("NO", "Try later", "UNAVAILABLE"), "unavailable"),
        (Answer("BAD", "What?"), "bad_command"),
        (Answer("NO", "No", "NOPERM"), "no_permission"),
        (Bye("Idle for too long", "UNAVAILABLE"), "throttled"),
        (Bye("Session expired"), "connection_lost"),
        (Bye("Panic", "SERVERBUG"), "connection_lost"),
        (Bye("Go", "NOPERM"), "connection_lost"),
        (Interrupt("line"), "connection_lost"),
        (SendInstead(b"\xff\r\n"), "connection_lost"),
    ],
)
def test_every_command_says_why_it_failed(
    server: ImapServer, session: MailSession, command: str, fault: Action, code: str
) -> None:
    server.faults.add(Fault(command, fault))
    call = {
        "UID FETCH": lambda: list(session.bodies(UidSet.of([1]))),
        "UID SEARCH": session.uids,
        "UID STORE": lambda: session.store(UidSet.of([1]), add=frozenset({"\\Seen"})),
        "LIST": session.mailboxes,
        "STATUS": lambda: session.status("INBOX"),
        "SELECT": lambda: session.open("INBOX", writable=True),
    }[command]

    if code == "unavailable" and command not in OF_ONE_MAILBOX:
        code = "throttled"

    with pytest.raises(ServerError) as caught:
        call()

    assert caught.value.code == code
    assert isinstance(caught.value, ThrottledError) is (code == "throttled")


@pytest.mark.parametrize(("name", "code"), [("No%where", "no_mailbox"), ("INBOX", "rejected")])
def test_refusal_without_code_is_a_missing_mailbox_only_if_it_is_missing(
    server: ImapServer, session: MailSession, name: str, code: str
) -> None:
    server.store.user("ada").create("Nowwhere")
    server.faults.add(Fault("EXAMINE", Answer("NO", "No such thing, or so")))

    with pytest.raises(ServerError) as caught:
        session.open(name)

    assert caught.value.code == code


def test_creating_what_exists_is_no_error_without_a_code_either(server: ImapServer, session: MailSession) -> None:
    server.faults.add(Fault("CREATE", Answer("NO", "Exists")), Fault("CREATE", Answer("NO", "Bad luck"), nth=2))

    session.create("Trash")
    with pytest.raises(ServerError) as caught:
        session.create("Other")

    assert caught.value.code == "rejected"


@pytest.mark.parametrize(
    ("command", "code", "ours", "wait"),
    [
        ("UID COPY", "OVERQUOTA", "over_quota", 3600.0),
        ("UID STORE", "LIMIT", "limit", None),
        ("APPEND", "OVERQUOTA", "over_quota", 3600.0),
        ("UID COPY", "INUSE", "in_use", None),
        ("SELECT", "INUSE", "in_use", None),
        ("SELECT", "CONTACTADMIN", "contact_admin", None),
        ("SELECT", "LIMIT", "throttled", 60.0),
        ("UID FETCH", "OVERQUOTA", "throttled", 3600.0),
        ("UID FETCH", "LIMIT", "throttled", 60.0),
    ],
)
def test_a_code_means_what_the_command_named(
    server: ImapServer, session: MailSession, command: str, code: str, ours: str, wait: float | None
) -> None:
    server.faults.add(Fault(command, Answer("NO", "No", code)))
    call = {
        "UID FETCH": lambda: list(session.bodies(UidSet.of([1]))),
        "UID COPY": lambda: session.copy(UidSet.of([1]), "INBOX"),
        "UID STORE": lambda: session.store(UidSet.of([1]), add=frozenset({"$much"})),
        "APPEND": lambda: session.append("INBOX", mail(2)),
        "SELECT": lambda: session.open("INBOX", writable=True),
    }[command]

    with pytest.raises(ServerError) as caught:
        call()

    assert (caught.value.code, caught.value.transient, caught.value.retry_after) == (ours, True, wait)
