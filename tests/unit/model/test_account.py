"""What an owner is told to do about an account that does not work."""

from __future__ import annotations

import pytest

from mailhelper_core import LoginError, ServerError, ThrottledError, advice_for
from mailhelper_core.model.source.account import state_after
from mailhelper_core.server.imap.failure import login_refusal
from mailhelper_core.server.imap.response import Status
from mailhelper_core.server.imap.stream import network_error


@pytest.mark.parametrize(
    "error", [LoginError(), ThrottledError(), network_error(OSError()), network_error(TimeoutError())]
)
def test_there_is_advice_for_what_commonly_fails(error: ServerError) -> None:
    assert advice_for(error.code)


@pytest.mark.parametrize(
    "code", ["AUTHENTICATIONFAILED", "AUTHORIZATIONFAILED", "EXPIRED", "ALERT", "WEBALERT", "CONTACTADMIN"]
)
def test_there_is_advice_for_every_code_of_a_refused_login(code: str) -> None:
    assert advice_for(login_refusal(Status("NO", code)).code)


def test_there_is_advice_where_a_server_wants_encryption() -> None:
    assert "imaps://" in advice_for(login_refusal(Status("NO", "PRIVACYREQUIRED")).code)


def test_there_is_no_advice_where_nothing_is_wrong() -> None:
    assert advice_for("key")
    assert advice_for("") == ""


def test_only_refused_credentials_wait_for_the_owner() -> None:
    assert [state_after(error) for error in (LoginError(), ThrottledError(), ServerError())] == [
        "needs_auth",
        "throttled",
        "unreachable",
    ]
