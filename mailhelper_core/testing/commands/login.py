"""LOGIN, AUTHENTICATE and STARTTLS."""

from __future__ import annotations

import binascii
import json
from collections.abc import Callable, Generator
from dataclasses import dataclass

from mailhelper_core.testing.commands.flow import Flow
from mailhelper_core.testing.protocol.responses import Prompt, Refused, Response, StartTls, ok
from mailhelper_core.testing.protocol.session import Session
from mailhelper_core.testing.wire.scanner import Scanner, WireError


@dataclass(frozen=True, slots=True)
class Proof:
    """What a client says to log in: a password, or a token when the mechanism is OAuth."""

    name: str
    secret: str
    is_token: bool = False


def login(session: Session, args: Scanner) -> Flow:
    """Log in with a user name and a password."""
    _insist_on_privacy(session)
    args.space()
    name = args.astring()
    args.space()
    password = args.astring()
    args.end()
    _admit(session, Proof(_text(name), _text(password)))
    yield ok("Logged in", f"CAPABILITY {session.capability_line}")


def authenticate(session: Session, args: Scanner) -> Flow:
    """Log in with a SASL mechanism, its first answer inline where SASL-IR is offered (RFC 4959)."""
    _insist_on_privacy(session)
    args.space()
    mechanism = args.keyword()
    if mechanism not in _READERS or not session.can(f"AUTH={mechanism}"):
        raise Refused("Unsupported authentication mechanism", "CANNOT")
    line = yield from _initial_response(session, args)
    proof = _READERS[mechanism](_decode(line))
    try:
        _admit(session, proof)
    except Refused:
        if proof.is_token:  # RFC 7628 3.2.3: the error goes out as a challenge that the client answers
            challenge = json.dumps({"status": "401", "schemes": "bearer", "scope": "mail"}).encode()
            yield Prompt(binascii.b2a_base64(challenge, newline=False))
        raise
    yield ok("Logged in", f"CAPABILITY {session.capability_line}")


def starttls(session: Session, args: Scanner) -> Flow:
    """Switch the connection to TLS (RFC 3501 section 6.2.1)."""
    args.end()
    if not session.service.offers_starttls or session.is_encrypted:
        raise WireError("TLS is not available")
    yield ok("Begin TLS negotiation now")
    yield StartTls()


def _initial_response(session: Session, args: Scanner) -> Generator[Response, bytes | None, bytes]:
    if session.can("SASL-IR") and args.accept(b" "):
        line = args.rest()
        return b"" if line == b"=" else line
    args.end()
    answer = yield Prompt()
    return answer or b""


def _decode(line: bytes) -> str:
    if line == b"*":
        raise WireError("Authentication cancelled")
    try:
        return _text(binascii.a2b_base64(line))
    except binascii.Error as error:
        raise WireError("Invalid base64") from error


def _read_plain(answer: str) -> Proof:
    parts = answer.split("\0")
    if len(parts) != 3:
        raise WireError("Invalid PLAIN response")
    return Proof(parts[1], parts[2])


def _read_xoauth2(answer: str) -> Proof:
    fields = dict(part.partition("=")[::2] for part in answer.split("\x01") if part)
    return _bearer(fields.get("user", ""), fields.get("auth", ""))


def _read_oauthbearer(answer: str) -> Proof:
    head, *parts = answer.split("\x01")  # RFC 7628 3.1: "n,a=user@example.org,", then key=value pairs
    fields = dict(part.partition("=")[::2] for part in parts if part)
    user = next((item[2:] for item in head.split(",") if item.startswith("a=")), "")
    return _bearer(user, fields.get("auth", ""))


def _bearer(user: str, header: str) -> Proof:
    scheme, _, token = header.partition(" ")
    if scheme.lower() != "bearer":
        raise WireError("Invalid OAuth response")
    return Proof(user, token, is_token=True)


_READERS: dict[str, Callable[[str], Proof]] = {
    "PLAIN": _read_plain,
    "XOAUTH2": _read_xoauth2,
    "OAUTHBEARER": _read_oauthbearer,
}


def _admit(session: Session, proof: Proof) -> None:
    user = session.service.store.find_user(proof.name)
    if user is None or not _fits(session, proof, user.password):
        raise Refused("Authentication failed.", "AUTHENTICATIONFAILED")
    session.user = user


def _fits(session: Session, proof: Proof, password: str) -> bool:
    if proof.is_token:
        return session.service.check_token(proof.name, proof.secret)
    return proof.secret == password


def _insist_on_privacy(session: Session) -> None:
    if session.can("LOGINDISABLED") and not session.is_encrypted:
        raise Refused("Plaintext authentication disallowed without TLS", "PRIVACYREQUIRED")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
