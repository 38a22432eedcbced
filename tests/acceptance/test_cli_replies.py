"""Replies at the command line: the tone and the language that are asked for, in the preview and in the draft."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.acceptance.conftest import Cli
from tests.acceptance.test_cli_reference import PROVIDERS

MAIL = b"""From grace Mon Jan  5 08:00:00 2026
From: Grace Miller <grace@example.net>
To: ada@example.org
Subject: Tuesday
Date: Mon, 05 Jan 2026 08:00:00 +0000
Message-ID: <1@example.net>

Hello Ada, could you send me the notes of Tuesday, please?

"""


def test_a_reply_is_previewed_and_drafted_in_a_tone_and_a_language(
    home: Path, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "providers.toml").write_text(PROVIDERS, encoding="utf-8")
    monkeypatch.setenv("MAILHELPER_PROVIDERS_FILE", str(home / "providers.toml"))
    mbox = home / "mail.mbox"
    mbox.write_bytes(MAIL)
    cli.ok("account", "add", f"mbox://{mbox}")
    cli.ok("run")
    cli.ok("egress", "consent", "reply", "--provider", "local", "--level", "none")
    message = str(cli.ok("list", "--limit", "1", "--json").json["messages"][0]["id"])
    wish = ("--tone", "brief", "--language", "de")

    usual = cli.ok("egress", "preview", message, "reply").out
    other = cli.ok("egress", "preview", message, "reply", *wish).out
    draft = cli.ok("reply", message, "--no-model", *wish, "--json").json["draft"]

    assert "tone: friendly" in usual
    assert "tone: brief\nlanguage: de" in other
    assert (draft["tone"], draft["language"]) == ("brief", "de")
