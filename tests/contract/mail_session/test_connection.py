"""How a session begins: TLS, logins, and every way in which a server can turn us away."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from mailhelper_core.errors import ConfigError, InvalidError, LoginError, ServerError, ThrottledError
from mailhelper_core.model.source.account import Endpoint
from mailhelper_core.server.imap.connection import connect_imap
from mailhelper_core.server.imap.stream import shared_tls
from mailhelper_core.server.url import parse_url
from mailhelper_core.testing import After, Answer, Bye, Fault, ImapServer, Interrupt, SendInstead
from tests.contract.mail_session.certificates import server_context
from tests.contract.mail_session.origins import OPENED, BundledOrigin, Origin, connect

# A server that says nothing is given up after this long.
SHORT = "0.3"


def endpoint_of(server: ImapServer, **changes: object) -> Endpoint:
    endpoint = replace(parse_url(server.url, username="ada"), secret="secret", options=(("timeout", SHORT),))
    return replace(endpoint, **changes)  # type: ignore[arg-type]


def failure(endpoint: Endpoint) -> ServerError:
    with pytest.raises(ServerError) as caught:
        connect_imap(endpoint)
    assert "ada" not in str(caught.value)
    assert "secret" not in repr(caught.value)
    return caught.value


def test_wrong_password_is_refused_credentials(imap: Origin) -> None:
    endpoint = (
        endpoint_of(imap.server) if isinstance(imap, BundledOrigin) else parse_url(imap.url, username="ada")  # type: ignore[attr-defined]
    )

    error = failure(replace(endpoint, secret="wrong", options=()))

    assert isinstance(error, LoginError)
    assert error.transient is False


def test_closed_port_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    error = failure(parse_url(f"imap://127.0.0.1:{port}"))

    assert (error.code, error.transient) == ("refused", True)


def test_unknown_host_is_named_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*arguments: object, **more: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    assert failure(parse_url("imaps://nowhere.invalid")).code == "unknown_host"


@pytest.mark.parametrize("host", ["a" * 70 + ".example", "..", "ex ample"])
def test_what_is_no_host_name_is_unknown(host: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert failure(Endpoint("imaps", host, 993, "", "ada")).code in ("unknown_host", "unreachable")


def test_plain_connection_to_another_machine_is_refused_unless_said() -> None:
    endpoint = Endpoint("imap", "192.0.2.1", 143, "", "ada", security="none")

    with pytest.raises(ConfigError, match="security='none'"):
        connect_imap(endpoint)


def test_plain_connection_that_was_asked_for_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    monkeypatch.setattr(socket, "create_connection", lambda address, **more: tried.append(address))

    with pytest.raises(AttributeError):  # there is no socket to go on with
        connect_imap(Endpoint("imap", "192.0.2.1", 143, "", "ada", "none", options=(("security", "none"),)))

    assert tried == [("192.0.2.1", 143)]


@pytest.mark.parametrize(
    "changes",
    [
        {"options": (("timeout", "soon"),)},
        {"options": (("timeout", "-1"),)},
        {"options": (("auth", "magic"),)},
        {"options": (("pipeline", "often"),)},
    ],
)
def test_options_that_mean_nothing_are_refused(server: ImapServer, changes: dict[str, object]) -> None:
    with pytest.raises(ConfigError):
        connect_imap(endpoint_of(server, **changes))


@pytest.mark.parametrize("changes", [{"username": "ada\r\nM1 LOGOUT"}, {"secret": "x\0y"}])
def test_line_ends_in_credentials_are_refused(server: ImapServer, changes: dict[str, object]) -> None:
    with pytest.raises(InvalidError):
        connect_imap(endpoint_of(server, **changes))

    assert server.log.names == []


@pytest.mark.parametrize(
    ("user", "password"),
    [("ada", "pässwörd"), ("ada", 'quo"te\\s and blanks'), ("ada lovelace", "x"), ('a"b', "x"), ("ädä", "x")],
)
def test_any_name_and_password_log_in(user: str, password: str) -> None:
    with ImapServer(users={user: password}) as server:
        assert connect(server.url, username=user, secret=password).mailboxes()
        OPENED.pop().close()


@pytest.mark.parametrize("user", ["ada lovelace", "LAB\\ada", 'a"b', "ada%lists", "o'neil(old)@example.org"])
def test_names_that_need_quotes_log_in_where_plain_is_not_offered(user: str) -> None:
    with ImapServer(users={user: "x y"}, without=("AUTH=PLAIN",)) as server:
        assert connect(server.url, username=user, secret="x y").mailboxes()
        OPENED.pop().close()

        assert "LOGIN" in server.log.names
        assert "AUTHENTICATE" not in server.log.names


@pytest.mark.parametrize("mechanism", ["xoauth2", "oauthbearer"])
def test_access_tokens_log_in(mechanism: str) -> None:
    with ImapServer(check_token=lambda user, token: (user, token) == ("ada", "good")) as server:
        session = connect_imap(endpoint_of(server, secret="good", options=(("auth", mechanism),)))
        assert session.mailboxes()
        session.close()

        error = failure(endpoint_of(server, secret="bad", options=(("auth", mechanism), ("timeout", "5"))))

    assert isinstance(error, LoginError)


@pytest.mark.parametrize(
    ("answer", "kind", "code", "transient", "retry_after"),
    [
        (Answer("NO", "ada is wrong", "AUTHENTICATIONFAILED"), LoginError, "authenticationfailed", False, None),
        (Answer("NO", "no code"), LoginError, "login", False, None),
        (Answer("NO", "old", "EXPIRED"), LoginError, "expired", False, None),
        (Answer("NO", "Please log in at ada@example.org", "ALERT"), LoginError, "alert", False, None),
        (Answer("NO", "later", "UNAVAILABLE"), ThrottledError, "throttled", True, 60.0),
        (Answer("NO", "many", "LIMIT"), ThrottledError, "throttled", True, 60.0),
        (Answer("NO", "busy", "INUSE"), ThrottledError, "throttled", True, 60.0),
        (Answer("NO", "full", "OVERQUOTA"), ThrottledError, "throttled", True, 3600.0),
        (
            Answer("BAD", "Request is throttled. Suggested Backoff Time: 92415 milliseconds"),
            ThrottledError,
            "throttled",
            True,
            92.415,
        ),
        (Answer("NO", "tls", "PRIVACYREQUIRED"), ServerError, "privacy_required", False, None),
        (Answer("BAD", "what"), ServerError, "bad_command", False, None),
    ],
)
def test_refused_login_says_by_its_code_whether_to_wait(
    server: ImapServer, answer: Answer, kind: type, code: str, transient: bool, retry_after: float | None
) -> None:
    server.faults.add(Fault("LOGIN", answer))

    error = failure(endpoint_of(server))

    assert (type(error), error.code, error.transient, error.retry_after) == (kind, code, transient, retry_after)


@pytest.mark.parametrize(
    ("fault", "kind", "code", "transient"),
    [
        (SendInstead(b"HTTP/1.1 400 Bad Request\r\n\r\n"), ServerError, "protocol", False),
        (SendInstead(b"\xff\xfe\0\r\n"), ServerError, "protocol", False),
        (SendInstead(b"x" * 2_000_000), ServerError, "line_too_long", True),
        (Bye("Going down", "UNAVAILABLE"), ThrottledError, "throttled", True),
        (Bye("Bye"), ServerError, "connection_lost", True),
        (Interrupt("line"), ServerError, "connection_lost", True),
        (Interrupt("line", after=4), ServerError, "connection_lost", True),
        (Interrupt("line", seconds=30), ServerError, "timeout", True),
    ],
    ids=["http", "binary", "endless", "unavailable", "bye", "closed", "half", "silent"],
)
def test_greeting_that_is_none_is_told_from_one_that_may_come_later(
    server: ImapServer, fault: SendInstead, kind: type, code: str, transient: bool
) -> None:
    server.faults.add(Fault("GREETING", fault))

    error = failure(endpoint_of(server))

    assert (type(error), error.code, error.transient) == (kind, code, transient)


@pytest.mark.parametrize("command", ["CAPABILITY", "LOGIN"])
def test_silence_during_login_is_not_waited_for(server: ImapServer, command: str) -> None:
    server.faults.add(Fault(command, Interrupt("tag", seconds=30)))

    assert failure(endpoint_of(server)).code == "timeout"


@pytest.mark.parametrize("security", ["tls", "starttls"])
def test_trusted_certificate_lets_us_in(tmp_path: Path, security: str) -> None:
    context, certificate = server_context(tmp_path)
    with ImapServer(**{security: context}) as server:  # type: ignore[arg-type]
        endpoint = endpoint_of(server, security=security, options=())
        session = connect_imap(endpoint, tls=ssl.create_default_context(cafile=str(certificate)))
        assert session.mailboxes()
        session.close()


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize(
    ("problem", "said"), [("self-signed", "an issuer"), ("expired", "has expired"), ("other-host", "another address")]
)
def test_bad_certificate_is_refused_before_the_password_is_said(
    tmp_path: Path, security: str, problem: str, said: str
) -> None:
    host = "mail.example.org" if problem == "other-host" else "127.0.0.1"
    context, certificate = server_context(tmp_path, host=host, expired=problem == "expired")
    trusted = None if problem == "self-signed" else ssl.create_default_context(cafile=str(certificate))
    with ImapServer(**{security: context}) as server:  # type: ignore[arg-type]
        with pytest.raises(ServerError, match=said) as caught:
            connect_imap(endpoint_of(server, security=security, options=()), tls=trusted)

        assert (caught.value.code, caught.value.transient) == ("tls", False)
        assert "LOGIN" not in server.log.names


def test_tls_to_a_port_without_tls_is_refused(server: ImapServer) -> None:
    error = failure(endpoint_of(server, security="tls"))

    assert (error.code, error.transient) == ("tls", False)


def test_old_tls_is_not_spoken() -> None:
    assert shared_tls().minimum_version >= ssl.TLSVersion.TLSv1_2
    assert shared_tls() is shared_tls()


def test_starttls_that_is_not_offered_is_refused_before_the_password_is_said(server: ImapServer) -> None:
    error = failure(endpoint_of(server, security="starttls"))

    assert (error.code, error.transient) == ("tls", False)
    assert "LOGIN" not in server.log.names


def test_preauth_does_not_talk_us_out_of_starttls(tmp_path: Path) -> None:
    context, _ = server_context(tmp_path)
    with ImapServer(starttls=context) as server:
        server.faults.add(Fault("GREETING", SendInstead(b"* PREAUTH [CAPABILITY IMAP4rev1] Hello\r\n")))

        error = failure(endpoint_of(server, security="starttls"))

    assert (error.code, error.transient) == ("tls", False)


def test_what_was_slipped_in_before_tls_is_refused(tmp_path: Path) -> None:
    context, certificate = server_context(tmp_path)
    with ImapServer(starttls=context) as server:
        server.faults.add(Fault("STARTTLS", After(b"* 1 EXISTS\r\n")))

        with pytest.raises(ServerError) as caught:
            connect_imap(
                endpoint_of(server, security="starttls"), tls=ssl.create_default_context(cafile=str(certificate))
            )

    assert (caught.value.code, caught.value.transient) == ("tls", False)


def test_refused_connection_leaves_no_socket_open(server: ImapServer) -> None:
    server.faults.add(Fault("LOGIN", Answer("NO", "no")))

    failure(endpoint_of(server))

    _wait_until(lambda: server.connections == 0)


def _wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)
