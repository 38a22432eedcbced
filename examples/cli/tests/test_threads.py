"""Commands that work have the connections that their threads need."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailhelper_cli.commands import job
from mailhelper_cli.context import Context
from mailhelper_cli.main import main


@pytest.mark.parametrize("command", ["work", "watch"])
def test_a_command_has_two_connections_for_each_of_its_threads(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes: list[int] = []

    def close(context: Context) -> None:
        sizes.append(context.helper.settings.pool_size)
        context.helper.close()

    monkeypatch.setattr(job, "_until_stopped", lambda work: None)
    monkeypatch.setattr(Context, "close", close)
    database = f"sqlite:///{tmp_path / 'mail.db'}"

    for words in (["--threads", "8"], []):
        assert main(["--database", database, command, *words, "--json"]) == 0

    assert sizes == [16, 5]
