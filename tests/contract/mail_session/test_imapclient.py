"""Releases of IMAPClient that no longer fit: the login goes on without it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from imapclient import IMAPClient

from mailhelper_core.errors import LoginError
from mailhelper_core.server.imap.connection import connect_imap
from mailhelper_core.testing import ImapServer, LocalCertificate
from tests.contract.mail_session.test_connection import endpoint_of, failure


def _elsewhere(self: IMAPClient, *arguments: object, **more: object) -> None:
    self._connection = object()


def _otherwise(self: IMAPClient, *arguments: object, **more: object) -> None:
    raise TypeError("unexpected keyword argument 'ssl'")


@pytest.mark.parametrize("release", [_elsewhere, _otherwise])
@pytest.mark.parametrize("auth", ["password", "ünicode", "xoauth2", "starttls"])
def test_release_of_imapclient_that_does_not_fit_is_done_without(
    monkeypatch: pytest.MonkeyPatch, release: Callable[..., None], auth: str
) -> None:
    monkeypatch.setattr(IMAPClient, "__init__", release)
    certificate = LocalCertificate()
    tls = certificate if auth == "starttls" else None
    with ImapServer(users={"ada": auth}, tokens={"ada": auth}, starttls=tls) as server:
        options = (("auth", "xoauth2"),) if auth == "xoauth2" else ()
        endpoint = endpoint_of(server, secret=auth, options=options)
        if auth == "starttls":
            endpoint = replace(endpoint, security="starttls")

        session = connect_imap(endpoint, tls=certificate.client_context())

        assert session.info.has_resync
        assert session.mailboxes()
        session.close()
        assert isinstance(failure(replace(endpoint, secret="wrong", security="none")), LoginError)


def _changed(self: IMAPClient, *arguments: object, **more: object) -> None:
    raise AttributeError("'Imap4' object has no attribute 'ssl_'")


@pytest.mark.parametrize("secret", ["password", "ünicode"])
@pytest.mark.parametrize("method", ["login", "sasl_login", "starttls", "capabilities"])
def test_method_of_imapclient_that_does_not_fit_is_done_without(
    monkeypatch: pytest.MonkeyPatch, method: str, secret: str
) -> None:
    monkeypatch.setattr(IMAPClient, method, _changed)
    certificate = LocalCertificate()
    with ImapServer(users={"ada": secret}, starttls=certificate) as server:
        endpoint = replace(endpoint_of(server, secret=secret), security="starttls")

        session = connect_imap(endpoint, tls=certificate.client_context())

        assert session.mailboxes()
        session.close()
        assert isinstance(failure(replace(endpoint, secret="wrong", security="none")), LoginError)


def test_login_that_was_said_is_not_said_again(server: ImapServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def login(self: IMAPClient, username: str, password: str) -> None:
        self._imap.login(username, password)
        raise AttributeError("'Imap4' object has no attribute 'capability_'")

    monkeypatch.setattr(IMAPClient, "login", login)

    connect_imap(endpoint_of(server)).close()

    assert server.log.names.count("LOGIN") == 1
