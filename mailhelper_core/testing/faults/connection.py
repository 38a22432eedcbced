"""F01-F20: the server or the way to it."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Collection, Mapping

from mailhelper_core.testing.certificate import LocalCertificate
from mailhelper_core.testing.faults.scripted import FOR_EVER_SECONDS, Outcome, Scene, ScriptedFault
from mailhelper_core.testing.imap.answer_actions import After, Lines, Mutated, Unbalanced, WithItem
from mailhelper_core.testing.imap.fault_actions import (
    Action,
    Answer,
    Bye,
    ExtraLines,
    Interrupt,
    LyingLiteral,
    SendInstead,
    Trickle,
    WrongTag,
)
from mailhelper_core.testing.imap.faults import GREETING, Fault
from mailhelper_core.testing.imap.server import ImapServer

# The command that brings bodies: what a client loses when it breaks there is most. And the one that tells of them.
_BODIES = "BODY.PEEK[]"
_METADATA = "RFC822.SIZE"
_TEN_GIGABYTES = 10**10
_ENDLESS = 10**9
# 143,000 six-digit uids fill a line of 1,000,000 bytes, where imaplib gives up.
LONG_LISTING_MESSAGES = 160_000


def _greets(name: str, title: str, action: Action, outcome: Outcome = "retried") -> ScriptedFault:
    return ScriptedFault(name, title, outcome, lambda scene: scene.add(Fault(GREETING, action)), "connect")


def _fetches(name: str, title: str, action: Action, outcome: Outcome = "continues") -> ScriptedFault:
    return ScriptedFault(name, title, outcome, lambda scene: scene.add(Fault("UID FETCH", action, having=_BODIES)))


def _spoils(name: str, title: str, action: Callable[[int], Action]) -> ScriptedFault:
    """Spoil one message's body for as long as it lasts."""

    def script(scene: Scene) -> None:
        scene.add(Fault("UID FETCH", action(scene.uid), times=None, having=_BODIES))

    return ScriptedFault(name, title, "quarantined", script, lasts=True)


def _certificate(name: str, title: str, tls: Callable[[], ssl.SSLContext | LocalCertificate]) -> ScriptedFault:
    def make(users: Mapping[str, str], without: Collection[str]) -> ImapServer:
        return ImapServer(users=users, without=without, tls=tls())

    return ScriptedFault(name, title, "refused", _nothing, "connect", lasts=True, make=make)


def _starttls(name: str, title: str, script: Callable[[Scene], None]) -> ScriptedFault:
    def make(users: Mapping[str, str], without: Collection[str]) -> ImapServer:
        return ImapServer(users=users, without=without, starttls=LocalCertificate())

    options = (("security", "starttls"),)
    return ScriptedFault(name, title, "refused", script, "connect", options=options, lasts=True, make=make)


def _nothing(_: Scene) -> None:
    """The server has the fault from its start on."""


def _no_shared_cipher() -> ssl.SSLContext:
    context = LocalCertificate().server_context()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("ECDHE-RSA-AES256-GCM-SHA384")  # the certificate is no RSA one
    return context


def _huge_size(scene: Scene) -> None:
    size = WithItem(b"RFC822.SIZE", b"%d" % _TEN_GIGABYTES, uid=scene.uid)
    body = LyingLiteral(_TEN_GIGABYTES, uid=scene.uid)
    scene.add(Fault("UID FETCH", size, times=None), Fault("UID FETCH", body, times=None, having=_BODIES))


def _without_esearch(users: Mapping[str, str], without: Collection[str]) -> ImapServer:
    return ImapServer(users=users, without={*without, "ESEARCH"})


def _without_notify(users: Mapping[str, str], without: Collection[str]) -> ImapServer:
    return ImapServer(users=users, without={*without, "NOTIFY"})


def _list_long(scene: Scene) -> None:
    mailbox = scene.mailbox
    for number in range(len(mailbox.uids), LONG_LISTING_MESSAGES):
        mailbox.append(b"Message-ID: <%d@example.org>\r\n\r\n" % number)


def _strip_starttls(scene: Scene) -> None:
    stripped = Lines(b"STARTTLS ", b"")
    scene.add(*(Fault(command, stripped, times=None) for command in (GREETING, "CAPABILITY")))


def _inject(scene: Scene) -> None:
    # In one packet with the OK, as who sits between client and server would.
    scene.add(Fault("STARTTLS", After(b"* CAPABILITY IMAP4rev1\r\n"), times=None))


def _greet_as_known(scene: Scene) -> None:
    scene.add(Fault(GREETING, SendInstead(b"* PREAUTH Welcome\r\n"), times=None))


def _reach_limit(scene: Scene) -> None:
    refusal = Answer("NO", "Maximum number of connections exceeded", "LIMIT")
    scene.add(Fault("LOGIN", refusal), Fault("AUTHENTICATE", refusal))


CONNECTION = (
    _greets("F01", "no greeting", Interrupt("line", seconds=FOR_EVER_SECONDS)),
    _greets("F02", "greeting is BYE [UNAVAILABLE]", Bye("Down for maintenance", "UNAVAILABLE")),
    _greets("F03", "greeting is an HTTP answer", SendInstead(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "refused"),
    _greets("F03.binary", "greeting is garbage", SendInstead(b"\xff\xfe\0\x01\r\n"), "refused"),
    _fetches("F04", "connection drops inside a literal", Interrupt("literal", after=10)),
    ScriptedFault(
        "F04.metadata", "connection drops inside a literal of the metadata", "continues",
        lambda scene: scene.add(Fault("UID FETCH", Interrupt("literal", after=10), having=_METADATA)),
    ),
    _fetches("F05", "connection drops inside a line", Interrupt("line", after=9)),
    _fetches("F06", "connection drops before the tagged answer", Interrupt("tag")),
    _fetches(
        "F07", "silence inside a literal", Interrupt("literal", after=10, seconds=FOR_EVER_SECONDS), "retried"
    ),
    _spoils("F08", "a literal announced shorter than its data", lambda uid: LyingLiteral(-5, uid)),
    _spoils("F09", "a literal of 10 GB, of which the size says nothing", lambda uid: LyingLiteral(_TEN_GIGABYTES, uid)),
    ScriptedFault("F09.size", "a message of 10 GB", "quarantined", _huge_size, lasts=True),
    _fetches("F10", "untagged lines without end", ExtraLines((b"OK Still here",), times=_ENDLESS), "retried"),
    _fetches("F11", "the answer has another tag", WrongTag(), "retried"),
    ScriptedFault(
        "F12", "a listing that makes lines of 1 MB without ESEARCH", "continues", _list_long, lasts=True,
        make=_without_esearch,
    ),
    _spoils("F13", "unbalanced parentheses", Unbalanced),
    ScriptedFault(
        "F13.metadata", "unbalanced parentheses in the metadata; the body can be had", "continues",
        lambda scene: scene.add(Fault("UID FETCH", Unbalanced(scene.uid), times=None, having=_METADATA)), lasts=True,
    ),
    *(
        _fetches(f"F14{variant}", "one byte of every answer line is wrong", Mutated(seed))
        for seed, variant in enumerate(("", ".1", ".2", ".3", ".4", ".5", ".6", ".7"))
    ),
    _certificate("F15", "a certificate that expired", lambda: LocalCertificate(valid_days=-1)),
    _certificate("F15.host", "a certificate of another host", lambda: LocalCertificate(("mail.example.org",))),
    _certificate("F15.issuer", "a certificate of an unknown issuer", LocalCertificate),
    _certificate("F15.handshake", "a TLS handshake that fails", _no_shared_cipher),
    _starttls("F16", "STARTTLS taken out of the capabilities", _strip_starttls),
    _starttls("F16.injected", "data slipped in before TLS", _inject),
    _starttls("F16.preauth", "PREAUTH before TLS", _greet_as_known),
    _fetches("F17", "one byte a second", Trickle(1), "retried"),
    _fetches("F18", "half-open: nothing comes any more", Interrupt("line", seconds=FOR_EVER_SECONDS), "retried"),
    ScriptedFault(
        "F19", "IDLE that tells nothing and hears nothing", "continues",
        lambda scene: scene.add(Fault("IDLE", Interrupt("line", response=1, seconds=FOR_EVER_SECONDS))), "watch",
        make=_without_notify,
    ),
    ScriptedFault("F20", "too many connections", "retried", _reach_limit, "connect"),
)  # fmt: skip
