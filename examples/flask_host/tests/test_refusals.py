"""Why an account cannot be used is told in the reader's language, whatever the engine's code; its own words else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask_babel import force_locale

from examples.flask_host.tests.browser import Browser, register, services
from examples.flask_host.tests.conftest import host_of
from mailhelper_core import OwnerServices
from mailhelper_core.model.source import account as engine
from mailhelper_core.testing import ImapServer
from mailhelper_web import Config
from mailhelper_web.words.refusals import REFUSALS, refusal_advice, refusal_headline


def test_every_code_that_the_engine_has_advice_for_is_told_in_german(app: Flask):
    english = {}
    with app.test_request_context():
        for code in engine._ADVICE:
            english[code] = (refusal_headline(code), refusal_advice(code))
        with force_locale("de"):
            german = {code: (refusal_headline(code), refusal_advice(code)) for code in english}

    assert len(english) > 10
    for code, (headline, advice) in german.items():
        assert headline, code
        assert advice, code
        assert headline != english[code][0], code
        assert advice != english[code][1], code


def test_no_code_is_left_without_words_of_its_own(app: Flask):
    with app.test_request_context(), force_locale("de"):
        for code in REFUSALS:
            assert str(REFUSALS[code].headline).endswith("."), code


def test_codes_that_nobody_planned_speak_for_themselves(app: Flask):
    with app.test_request_context():
        assert refusal_headline("moon", "the moon is in the way") == "The moon is in the way"
        assert refusal_advice("moon", "Wait for the night.") == "Wait for the night."


@pytest.fixture
def german(ada: Browser, synced: OwnerServices) -> Browser:
    """Ada's browser with German pages."""
    ada.post("/preferences/language", {"language": "de"})
    return ada


def test_the_pages_of_an_account_that_is_refused_are_german(
    german: Browser, synced: OwnerServices, imap_server: ImapServer
):
    account = synced.accounts.list()[0]
    synced.accounts.update(account.id, password="wrong")
    words = "Der Mailserver nimmt diesen Benutzernamen oder dieses Passwort nicht an."

    form = {"address": "ada@example.org", "password": "no", "host": imap_server.host, "port": imap_server.port}
    added = german.post("/accounts/add", {**form, "username": "second", "security": "none"})
    checked = german.post(f"/accounts/{account.id}/check").text
    right = {**form, "password": "secret", "username": "second", "security": "none"}
    once, twice = (german.post("/accounts/add", right) for _ in range(2))

    assert words in added.text
    assert words in checked
    assert (once.status_code, twice.status_code) == (303, 400)
    assert "Dieses Mailkonto gibt es hier schon." in twice.text
    assert "refused" not in added.text + checked
    with pytest.raises(Exception, match="credentials"):
        synced.sync(account.id)
    assert words in german.get(f"/accounts/{account.id}").text
    assert words in german.get("/accounts/").text


_EVE = {"address": "eve@example.org", "password": "secret", "username": "eve", "security": "none"}


@pytest.fixture
def public(config: Config) -> Iterator[Flask]:
    """A host whose users may name public servers alone, as by default."""
    with host_of(replace(config, private_hosts=Config().private_hosts)) as host:
        yield host


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254"])
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "This server is not on the public internet."),
        ("de", "Dieser Server steht nicht im öffentlichen Internet."),
    ],
)
def test_a_server_of_the_hosts_own_network_is_refused(public: Flask, host: str, language: str, words: str):
    eve = Browser(public.test_client())
    register(eve)
    eve.post("/preferences/language", {"language": language})

    answer = eve.post("/accounts/add", {**_EVE, "host": host, "port": 143})

    assert answer.status_code == 400
    assert words in answer.text
    assert services(public).accounts.list() == ()


def test_a_server_of_this_machine_is_not_asked(public: Flask):
    eve = Browser(public.test_client())
    register(eve)
    with ImapServer(users={"eve": "secret"}) as server:
        answer = eve.post("/accounts/add", {**_EVE, "host": server.host, "port": server.port})

        assert server.log.commands == ()
    assert answer.status_code == 400
    assert "Mail servers listen on port 993 or 143." in answer.text
