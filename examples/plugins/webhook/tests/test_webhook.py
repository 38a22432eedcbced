"""A service is told, signed, until it has understood; undo tells it too."""

from __future__ import annotations

import base64
import hmac
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import mailhelper_webhook as plugin
import pytest

from mailhelper_core import ConfigError, Context, Effect, Rule, ServerError
from mailhelper_core.testing import Environment, LocalCertificate, check_action, check_delivery, check_plugin

KEY = "shared"


class Service(HTTPServer):
    """A web service that notes what it hears, and fails as often as it is told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.failures = 0
        self.refusal, self.retry_after = 503, ""
        self.heard: list[tuple[dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hooks"


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(self.server.refusal if self.server.failures else 204)
        if self.server.failures and self.server.retry_after:
            self.send_header("retry-after", self.server.retry_after)
        self.server.failures = max(0, self.server.failures - 1)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[Service]:
    with Service() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def env(tmp_path: Path, service: Service) -> Iterator[Environment]:
    with Environment.start(tmp_path, plugins=(plugin,)) as env:
        inbox = env.server.store.user("ada").mailbox("INBOX")
        inbox.append(b"From: bob@example.org\r\nSubject: Secret\r\n\r\nText\r\n")
        env.ada.plugins.set("mailhelper_webhook", {"url": service.url, "key": KEY})
        env.ada.rules.save(Rule("tell", when="from:bob", then=[("webhook", "bob")]))
        yield env


def test_the_plugin_keeps_its_contract() -> None:
    (action,) = plugin.register_actions()

    check_plugin(plugin)
    check_action(action, "an event")


def test_the_service_knows_a_second_telling_by_its_id(service: Service) -> None:
    settings = {"url": service.url, "key": KEY}

    check_delivery(
        plugin,
        "webhook",
        "bob",
        settings=settings,
        heard=lambda _: {headers["webhook-id"] for headers, _ in service.heard},
    )

    assert len(service.heard) > len({headers["webhook-id"] for headers, _ in service.heard})


def test_the_service_is_told_ids_and_no_content_and_can_check_who_says_it(env: Environment, service: Service) -> None:
    report = env.ada.run(env.account.id)

    ((headers, body),) = service.heard
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    right = base64.b64encode(hmac.new(KEY.encode(), signed, sha256).digest()).decode()
    assert report.errors == ()
    assert headers["webhook-signature"] == f"v1,{right}"
    assert json.loads(body)["event"] == "bob"
    assert b"Secret" not in body


def test_a_service_that_is_away_is_told_later_under_the_same_id(env: Environment, service: Service) -> None:
    service.failures = 2
    env.ada.run(env.account.id)
    for _ in range(2):
        env.clock.advance(3_600)
        env.ada.outbox.deliver(env.account.id)

    assert env.ada.outbox.pending() == ()
    assert len(service.heard) == 3
    assert len({headers["webhook-id"] for headers, _ in service.heard}) == 1
    assert len({body for _, body in service.heard}) == 1


def test_two_rules_that_say_the_same_of_a_message_are_told_under_two_ids(env: Environment, service: Service) -> None:
    env.ada.rules.save(Rule("tell again", when="from:bob", then=[("webhook", "bob")]))
    service.failures = 1

    env.ada.run(env.account.id)
    env.clock.advance(3_600)
    env.ada.outbox.deliver(env.account.id)

    assert len({body for _, body in service.heard}) == 1
    assert len(service.heard) == 3  # one of them twice
    assert len({headers["webhook-id"] for headers, _ in service.heard}) == 2


def test_undo_is_told_too(env: Environment, service: Service) -> None:
    report = env.ada.run(env.account.id)

    env.ada.undo(report.rules.change)
    env.ada.outbox.deliver(env.account.id)

    assert [json.loads(body)["undone"] for _, body in service.heard] == [False, True]


def test_what_a_service_has_lost_it_is_told_again_under_the_same_id(env: Environment, service: Service) -> None:
    report = env.ada.run(env.account.id)

    again = env.ada.outbox.replay(report.rules.change)
    delivered = env.ada.outbox.deliver(env.account.id)

    (first, body), (second, same) = service.heard
    assert (len(again), delivered.delivered) == (1, 1)
    assert (first["webhook-id"], body) == (second["webhook-id"], same)


def test_a_service_that_wants_no_more_is_asked_again_only_when_its_owner_says(
    env: Environment, service: Service
) -> None:
    service.failures, service.refusal = 1, 410
    report = env.ada.run(env.account.id)
    env.clock.advance(3_600)
    env.ada.outbox.deliver(env.account.id)
    before = len(service.heard)

    env.ada.outbox.replay(report.rules.change, failed=True)
    env.ada.outbox.deliver(env.account.id)

    assert [note.code for note in report.deliver.errors] == ["effect_refused"]
    assert (before, len(service.heard)) == (1, 2)


def test_a_refusal_leaves_no_socket_open(service: Service) -> None:
    service.failures = 1
    with pytest.raises(ServerError) as refused:
        plugin.deliver(Effect(1, "webhook", "{}"), Context("ada", settings={"url": service.url, "key": KEY}))

    answer = refused.traceback[-1].frame.f_locals["answer"]
    assert answer.fp is None


def test_a_service_that_says_when_is_asked_then(env: Environment, service: Service) -> None:
    service.failures, service.retry_after = 1, "600"
    env.ada.run(env.account.id)
    for seconds, heard in ((599, 1), (1, 2)):
        env.clock.advance(seconds)
        env.ada.outbox.deliver(env.account.id)

        assert len(service.heard) == heard


@pytest.mark.parametrize("url", ["http://service.example/", "ftp://service.example", "service.example", ""])
def test_what_would_go_unprotected_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="https"):
        plugin.read_url(url)


def test_a_port_that_is_none_is_refused_when_it_is_set() -> None:
    with pytest.raises(ValueError, match=r"[Pp]ort"):
        plugin.read_url("https://service.example:99999/")


def test_the_signature_is_that_of_the_libraries_of_standard_webhooks() -> None:
    # The example of their own tests.
    key, event_id = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"

    said = plugin.signature(b'{"test": 2432232314}', key, event_id, 1_614_265_330)

    assert said == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("key", ["", "whsec_", "whsec_no base64"])
def test_a_key_with_which_anybody_could_sign_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="whsec_"):
        plugin.read_key(key)


@pytest.mark.parametrize("missing", ["url", "key"])
def test_nothing_is_posted_before_both_are_set(service: Service, missing: str) -> None:
    settings = {"url": service.url, "key": KEY} | {missing: ""}

    with pytest.raises(ConfigError, match="Set the url"):
        plugin.deliver(Effect(1, "webhook", "{}"), Context("ada", settings=settings))

    assert service.heard == []


@pytest.fixture
def public_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILHELPER_PUBLIC_HOSTS_ONLY", "1")


def deliver_to(url: str) -> None:
    plugin.deliver(Effect(1, "webhook", "{}"), Context("ada", settings={"url": url, "key": KEY}))


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_settings_of_the_host_keep_owners_out_of_its_network(scheme: str, service: Service) -> None:
    url = f"{scheme}://127.0.0.1:{service.server_port}/"
    context = Context("ada", settings={"url": url, "key": KEY}, public_hosts_only=True)

    with pytest.raises(ServerError) as refused:
        plugin.deliver(Effect(1, "webhook", "{}"), context)

    assert (refused.value.code, refused.value.transient) == ("private_host", False)
    assert service.heard == []


@pytest.mark.usefixtures("public_only")
@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "[fd00::1]", "[::ffff:10.0.0.1]"]
)
def test_owners_who_may_reach_public_hosts_alone_are_not_let_into_the_network(host: str, service: Service) -> None:
    for url in (f"https://{host}:{service.server_port}/", f"http://{host}:{service.server_port}/"):
        with pytest.raises(ServerError) as refused:
            deliver_to(url)

        assert (refused.value.code, refused.value.transient) == ("private_host", False)
    assert service.heard == []


@pytest.mark.usefixtures("public_only")
def test_plain_http_to_this_machine_is_refused_where_it_may_not_be_reached(service: Service) -> None:
    with pytest.raises(ValueError, match="https"):
        plugin.read_url(service.url)


@pytest.mark.usefixtures("public_only")
def test_what_was_looked_at_is_what_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, connected = ["10.0.0.1", "93.184.216.34"], []
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 443)) for address in answers]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

    def connect(address: tuple[str, int], *_: object) -> socket.socket:
        connected.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)

    with pytest.raises(ConnectionRefusedError):
        deliver_to("https://service.example/")

    assert connected == [("93.184.216.34", 443)]


@pytest.mark.usefixtures("public_only")
@pytest.mark.parametrize(("host", "is_told"), [("service.example", True), ("another.example", False)])
def test_a_service_behind_a_looked_at_address_has_the_certificate_of_its_host(
    host: str, is_told: object, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = LocalCertificate(["service.example"])
    trusting = certificate.client_context()
    service.socket = certificate.server_context().wrap_socket(service.socket, server_side=True)
    monkeypatch.setattr(ssl, "create_default_context", lambda: trusting)
    monkeypatch.setattr(plugin, "_public", lambda *_: "127.0.0.1")

    with suppress(ssl.SSLCertVerificationError):
        deliver_to(f"https://{host}:{service.server_port}/")

    assert bool(service.heard) is is_told
