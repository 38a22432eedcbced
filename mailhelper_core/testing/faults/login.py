"""F21-F34: who may come in, and how much of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal

from mailhelper_core.testing.faults.scripted import Outcome, Scene, ScriptedFault
from mailhelper_core.testing.imap.answer_actions import EndAt
from mailhelper_core.testing.imap.fault_actions import Action, Answer, Bye
from mailhelper_core.testing.imap.faults import Fault
from mailhelper_core.testing.imap.server import ImapServer

# The access tokens of F25-F27: the first is good at the start, the second once the fault is armed.
OLD_TOKEN = "token-1"  # noqa: S105 - of the kit's own server
NEW_TOKEN = "token-2"  # noqa: S105

_BODIES = "BODY.PEEK[]"
_METADATA = "RFC822.SIZE"
_OAUTH = (("auth", "xoauth2"),)


def _refuses(name: str, title: str, outcome: Outcome, code: str, text: str = "Login refused") -> ScriptedFault:
    passes = outcome == "retried"

    def script(scene: Scene) -> None:
        answer, times = Answer("NO", text, code), 1 if passes else None
        scene.add(Fault("LOGIN", answer, times=times), Fault("AUTHENTICATE", answer, times=times))

    return ScriptedFault(name, title, outcome, script, "connect", lasts=not passes)


def _breaks(name: str, title: str, outcome: Outcome, command: str, action: Action, having: str = "") -> ScriptedFault:
    return ScriptedFault(name, title, outcome, lambda scene: scene.add(Fault(command, action, having=having)))


def _with_token(users: Mapping[str, str], without: Collection[str]) -> ImapServer:
    return ImapServer(users=users, without=without, tokens=dict.fromkeys(users, OLD_TOKEN))


def _oauth(
    name: str, title: str, outcome: Outcome, token: str, *, strikes: Literal["connect", "sync"] = "connect"
) -> ScriptedFault:
    def script(scene: Scene) -> None:
        scene.server.tokens.replace(scene.user.name, token)
        if strikes == "sync":
            gone = Bye("Session invalidated - AccessTokenExpired")
            scene.add(Fault("UID FETCH", gone, having=_BODIES))

    return ScriptedFault(name, title, outcome, script, strikes, _OAUTH, lasts=not token, make=_with_token)


def _be_in_use(scene: Scene) -> None:
    busy = Answer("NO", "Mailbox in use", "INUSE")
    scene.add(Fault("EXAMINE", busy), Fault("SELECT", busy))


def _have_bug(scene: Scene) -> None:
    scene.add(Fault("UID FETCH", EndAt(scene.uid, "NO", "SERVERBUG"), times=None, having=_BODIES))


def _have_bug_early(scene: Scene) -> None:
    scene.add(Fault("UID FETCH", EndAt(scene.uid, "NO", "SERVERBUG"), times=None, having=_METADATA))


def _permit_reading(scene: Scene) -> None:
    scene.mailbox.read_only = True


LOGIN = (
    _refuses("F21", "wrong credentials", "paused", "AUTHENTICATIONFAILED"),
    _refuses("F22", "password that expired", "paused", "EXPIRED"),
    _refuses("F23", "login service is away", "retried", "UNAVAILABLE"),
    _refuses("F24", "login wants a browser", "paused", "ALERT", "Please log in via your web browser"),
    _oauth("F25", "access token expires in the session", "continues", NEW_TOKEN, strikes="sync"),
    _oauth("F26", "no token is good any more", "paused", ""),
    _oauth("F27", "access token has expired; two workers come at once", "continues", NEW_TOKEN),
    _breaks(
        "F28", "throttled, with a time in the text", "retried", "LIST",
        Answer("BAD", "Request is throttled. Suggested Backoff Time: 92415 milliseconds"),
    ),
    _breaks(
        "F29", "the day's bandwidth is spent", "retried", "UID FETCH",
        Answer("NO", "Account exceeded its bandwidth", "OVERQUOTA"), _BODIES,
    ),
    _breaks("F30", "session expired", "continues", "UID FETCH", Bye("Session expired"), _BODIES),
    ScriptedFault("F31", "mailbox in use", "retried", _be_in_use),
    ScriptedFault("F32", "NO [SERVERBUG] at one message of a FETCH", "quarantined", _have_bug, lasts=True),
    ScriptedFault(
        "F32.metadata", "NO [SERVERBUG] at one message's metadata; the body can be had", "continues", _have_bug_early,
        lasts=True,
    ),
    _refuses("F33", "login without TLS is refused", "refused", "PRIVACYREQUIRED"),
    ScriptedFault("F34", "mailbox may be read only", "refused", _permit_reading, "deliver", lasts=True),
)  # fmt: skip
