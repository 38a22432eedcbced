"""A program answers through the gate; one that fails, hangs or floods is an error that shows nothing."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import mailhelper_command_model as plugin
import pytest

from mailhelper_core import CompletionRequest, ConfigError, Provider, ProviderError
from mailhelper_core.testing import Environment, check_plugin, check_provider

Make = Callable[[str], Provider]
ANSWERING = "import sys; sys.stdin.read(); print('yes')"


@pytest.fixture
def make(monkeypatch: pytest.MonkeyPatch) -> Make:
    def made(script: str) -> Provider:
        monkeypatch.setenv(plugin.VARIABLE, shlex.join([sys.executable, "-c", script]))
        (provider,) = plugin.register_providers()
        return provider

    return made


def test_the_plugin_keeps_its_contract(make: Make) -> None:
    check_plugin(plugin)
    check_provider(make(ANSWERING), away=make("1 / 0"), slow=make("import time; time.sleep(60)"))
    check_plugin(plugin)


def test_it_is_asked_behind_the_gate(make: Make, tmp_path: Path) -> None:
    asked, said = tmp_path / "asked", json.dumps({"summary": "Bob asks for lunch."})
    make(f"import sys; open({str(asked)!r}, 'w').write(sys.stdin.read()); print({said!r})")
    with Environment.start(tmp_path, plugins=(plugin,)) as env:
        inbox = env.server.store.user("ada").mailbox("INBOX")
        inbox.append(b"From: bob@example.org\r\nSubject: Lunch?\r\n\r\nAt one? Call 030 1234567.\r\n")
        env.ada.sync(env.account.id)
        (message,) = env.ada.search("subject:lunch")
        env.ada.egress.consent(env.account.id, "summarize", provider="command", level="pseudonyms")

        summary = env.ada.opinions.summarize(message.id, provider=True)

        (call,) = env.ada.egress.ledger()
    assert summary.value == "Bob asks for lunch."
    assert "At one?" in asked.read_text()
    assert "bob@example.org" not in asked.read_text()
    assert call.provider == "command"
    assert call.tokens_in > 0


def test_without_a_command_there_is_no_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(plugin.VARIABLE, raising=False)
    assert plugin.register_providers() == []

    monkeypatch.setenv(plugin.VARIABLE, "llm 'open")
    with pytest.raises(ConfigError, match="quotation mark"):
        plugin.register_providers()


@pytest.mark.parametrize(
    ("script", "code"),
    [
        ("import sys; sys.exit(sys.stdin.read())", "service"),
        ("import os; os.kill(os.getpid(), 9)", "service"),
        ("while True: print('x' * 100_000)", "shape"),
    ],
)
def test_a_program_that_fails_is_an_error_that_shows_nothing(make: Make, script: str, code: str) -> None:
    with pytest.raises(ProviderError) as failed:
        make(script).complete(CompletionRequest("Answer.", "secret"))

    assert failed.value.code == code
    assert "secret" not in str(failed.value)


def test_a_program_that_is_not_there_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(plugin.VARIABLE, "/no/such/program")
    (provider,) = plugin.register_providers()

    with pytest.raises(ProviderError, match="cannot be run"):
        provider.complete(CompletionRequest("Answer.", "x"))


def test_a_program_that_hangs_is_ended_with_its_children(make: Make, tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    child = "import subprocess, sys; print(subprocess.Popen(['sleep', '60']).pid, file=open({!r}, 'w'), flush=True)"
    provider, began = make(child.format(str(pid)) + "; import time; time.sleep(60)"), time.monotonic()

    for seconds in (1.0, 4.0, 16.0):  # on a busy machine the first may end before it has a child
        with pytest.raises(ProviderError) as failed:
            provider.complete(CompletionRequest("Answer.", "x" * 1_000_000, timeout_seconds=seconds))
        if pid.exists() and pid.read_text():
            break

    assert failed.value.code == "timeout"
    assert time.monotonic() - began < 40  # the programs would sleep for a minute
    assert _has_ended(int(pid.read_text()))


@pytest.mark.parametrize(("then", "timeout"), [("sys.stdin.read(); print('done')", 20.0), ("time.sleep(60)", 1.0)])
def test_a_server_that_a_program_has_started_holds_up_nobody(make: Make, then: str, timeout: float) -> None:
    server = "import subprocess, sys, time; subprocess.Popen(['sleep', '30'], start_new_session=True); "
    provider, began = make(server + then), time.monotonic()
    request = CompletionRequest("Answer.", "x" * 1_000_000, timeout_seconds=timeout)

    if timeout > 1:
        assert provider.complete(request).text == "done"
    else:
        with pytest.raises(ProviderError) as failed:
            provider.complete(request)
        assert failed.value.code == "timeout"

    assert time.monotonic() - began < 15


def _has_ended(pid: int) -> bool:
    """Say whether a process is gone, or waits for whoever inherited it to take note."""
    for _ in range(50):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z" or not os.path.exists(f"/proc/{pid}"):
            return True
        time.sleep(0.02)
    return False


def test_what_a_program_says_just_before_it_ends_is_read(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    look = subprocess.Popen.poll

    def late(process: subprocess.Popen[bytes]) -> int | None:
        time.sleep(1.0)
        return look(process)

    provider = make("import sys, time; sys.stdin.read(); time.sleep(0.5); print('yes')")
    monkeypatch.setattr(subprocess.Popen, "poll", late)

    assert provider.complete(CompletionRequest("Answer.", "x")).text.strip() == "yes"
