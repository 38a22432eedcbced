"""A file of providers: what it says becomes providers, and a mistake is named without its secrets."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailhelper_core import ConfigError, MailHelper, Settings
from mailhelper_core.ai.providers.configured import read_providers

PAGE = Path(__file__).parents[3] / "docs" / "howto" / "providers.md"


def test_the_file_of_the_howto_makes_three_providers() -> None:
    text = PAGE.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]

    found = read_providers(text, {"OPENAI_API_KEY": "k", "ANTHROPIC_API_KEY": "k"})

    assert [(one.name, one.local, one.embed is not None) for one in found] == [
        ("local", True, True),
        ("cloud", False, False),
        ("claude", False, False),
    ]
    assert found[1].price_out == 1_600_000


@pytest.mark.parametrize(
    "text",
    [
        "not toml",
        "[x]\nkind = 'telepathy'",
        "[x]\nkind = 'ollama'",
        "[x]\nkind = 'ollama'\nmodel = 'm'\nnonsense = 1",
        "[x]\nkind = 'openai'\nmodel = 'm'\nkey_variable = 'ABSENT'",
        "[x]\nkind = 'ollama'\nmodel = 'm'\nurl = 'http://models.example'",
        "x = 1",
    ],
)
def test_a_mistake_in_the_file_is_a_config_error(text: str) -> None:
    with pytest.raises(ConfigError):
        read_providers(text, {})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "register_providers: The file of providers {path} cannot be read."),
        (
            "[cloud]\nkind = 'openai'\nmodel = 'm'\nkey_variable = 'ABSENT'",
            "register_providers: Provider 'cloud' needs its key in the variable ABSENT.",
        ),
    ],
)
def test_a_mistake_costs_only_the_providers_and_says_what_to_mend(
    text: str | None, problem: str, tmp_path: Path
) -> None:
    path = tmp_path / "providers.toml"
    if text is not None:
        path.write_text(text, encoding="utf-8")

    with MailHelper(Settings(f"sqlite:///{tmp_path}/mail.db", providers_file=str(path))) as helper:
        problems = {plugin.name: plugin.problems for plugin in helper.plugins}
        assert problems["providers"] == (problem.format(path=path),)
        assert helper.for_owner("ada").egress.providers() == ()
