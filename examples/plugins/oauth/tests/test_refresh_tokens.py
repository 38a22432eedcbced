"""A refresh token that the service takes back at once is not lost, and one that has ended is not kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import mailhelper_oauth as plugin
import pytest
from mailhelper_oauth.wire import Answer, _answer

from mailhelper_core import LoginError, TokenRequest


@dataclass
class Service:
    """A token service that gives a new refresh token with every access token."""

    refresh_token: str = "refresh-1"
    given: int = 0
    asked: list[str] = field(default_factory=list)

    def exchange(self, url: str, form: Mapping[str, str]) -> Answer:
        self.asked.append(form["refresh_token"])
        if form["refresh_token"] != self.refresh_token:
            raise LoginError(code="expired")
        self.given += 1
        self.refresh_token = f"refresh-{self.given + 1}"
        return Answer(f"token-{self.given}", 3600.0, self.refresh_token)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Service:
    made = Service()
    monkeypatch.setattr(plugin, "exchange", made.exchange)
    return made


def provider(**secret: str | list[str]) -> Callable[..., str]:
    table = {"url": "https://t.example", "host": "i.example", "client_id": "app", "owner": "ada", "username": "ada"}
    lines = "\n".join(f"{name} = {json.dumps(value)}" for name, value in {**table, **secret}.items())
    (made,) = plugin.read_tables(f"[example]\n{lines}")
    return lambda *, renew=False: made.token(TokenRequest("ada", "i.example", "", owner="ada", renew=renew))


def test_a_new_refresh_token_is_not_lost_while_its_file_cannot_be_written(
    service: Service, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "secret"
    path.write_text("refresh-1\n")
    token = provider(refresh_token_file=str(path))
    (tmp_path / "secret.new").mkdir()  # in the way

    first, kept = token(), path.read_text()
    (tmp_path / "secret.new").rmdir()
    second = token(renew=True)

    assert (first, kept, second) == ("token-1", "refresh-1\n", "token-2")
    assert path.read_text() == "refresh-3\n"
    assert "cannot be written" in caplog.text
    assert "refresh-2" not in caplog.text


def test_a_command_is_asked_again_after_its_consent_has_ended(service: Service, tmp_path: Path) -> None:
    path = tmp_path / "store"
    path.write_text("refresh-1\n")
    token = provider(refresh_token_command=["cat", str(path)])
    token()
    service.refresh_token = "anew"
    path.write_text("anew\n")

    with pytest.raises(LoginError):
        token(renew=True)

    assert token() == "token-2"
    assert service.asked == ["refresh-1", "refresh-2", "anew"]


@pytest.mark.parametrize("seconds", [10**400, float("inf"), float("nan"), -1])
def test_how_long_a_token_is_good_may_be_any_number(seconds: float) -> None:
    assert 0 < _answer({"access_token": "token", "expires_in": seconds}).seconds <= 31_536_000
