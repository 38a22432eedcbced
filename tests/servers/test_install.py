"""What `python -m tests.servers` answers when a server is missing and nobody may install it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.servers import __main__ as install
from tests.servers.process import MissingServerError


def _find_nothing() -> None:
    raise MissingServerError("Imaginary (apt-get install imaginary)")


@pytest.fixture(autouse=True)
def ordinary_user_without_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(install.os, "geteuid", lambda: 1000)
    missing = install.Server(_find_nothing, "imaginary", "the imaginary contract")
    monkeypatch.setattr(install, "SERVERS", (missing,))


def test_a_missing_server_fails_and_says_what_to_install(capsys: pytest.CaptureFixture[str]) -> None:
    status = install.main([])

    assert status == 1
    said = capsys.readouterr().err
    assert "apt-get install imaginary" in said
    assert "the imaginary contract" in said


def test_a_missing_server_is_named_but_forgiven_when_allowed(capsys: pytest.CaptureFixture[str]) -> None:
    status = install.main(["--allow-missing-servers"])

    assert status == 0
    assert "the imaginary contract" in capsys.readouterr().err


def test_installed_packages_start_no_server_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = tmp_path / "policy-rc.d"
    monkeypatch.setattr(install, "POLICY", policy)

    with install.no_services_started():
        status = subprocess.run([policy], check=False).returncode

    assert status == 101  # invoke-rc.d: forbidden by policy
    assert not policy.exists()
