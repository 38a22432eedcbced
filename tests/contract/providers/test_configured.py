"""A file of providers: what it says becomes providers, a mistake is named without its secrets; no database matters."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailhelper_core import ConfigError, MailHelper, Provider, Settings
from mailhelper_core.ai.providers.configured import read_providers

PAGE = Path(__file__).parents[3] / "docs" / "howto" / "providers.md"


def test_the_file_of_the_howto_makes_three_providers() -> None:
    text = PAGE.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]

    found = read_providers(text, {"OPENAI_API_KEY": "k", "ANTHROPIC_API_KEY": "k"})

    assert all(isinstance(one, Provider) for one in found)
    assert [(one.name, one.local, one.embed is not None) for one in found] == [
        ("local", True, True),
        ("cloud", False, False),
        ("claude", False, False),
    ]
    assert found[1].price_out == 1_600_000


@pytest.mark.parametrize(
    "text",
    [
        "[x]\nkind = 'telepathy'",
        "[x]\nkind = 'ollama'",
        "[x]\nkind = 'ollama'\nmodel = 'm'\nnonsense = 1",
        "[x]\nkind = 'openai'\nmodel = 'm'\nkey_variable = 'ABSENT'",
        "[x]\nkind = 'ollama'\nmodel = 'm'\nurl = 'http://models.example'",
        "x = 1",
    ],
)
def test_a_mistake_costs_its_provider_and_no_other(text: str) -> None:
    good = "[good]\nkind = 'ollama'\nmodel = 'm'\n"
    name = text.strip("[").partition("]")[0] if text.startswith("[") else "x"

    wrong, right = read_providers(f"{text}\n{good}", {"ABSENT": ""})

    assert isinstance(wrong, ConfigError)
    assert str(wrong).startswith(f"Provider {name!r}: ")
    assert isinstance(right, Provider)
    assert right.name == "good"


def test_what_is_no_toml_costs_all_and_says_where() -> None:
    with pytest.raises(ConfigError, match="line 1"):
        read_providers("not toml", {})


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (None, "register_providers: The file of providers {path} cannot be read."),
        (
            "[cloud]\nkind = 'openai'\nmodel = 'm'\nkey_variable = 'ABSENT'",
            "Provider 'cloud': set the variable ABSENT to its key, or leave its table out.",
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


def test_a_key_that_is_not_set_leaves_the_other_providers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ABSENT", raising=False)
    path = tmp_path / "providers.toml"
    path.write_text(
        "[cloud]\nkind = 'openai'\nmodel = 'm'\nkey_variable = 'ABSENT'\n[local]\nkind = 'ollama'\nmodel = 'm'\n",
        encoding="utf-8",
    )

    with MailHelper(Settings(f"sqlite:///{tmp_path}/mail.db", providers_file=str(path))) as helper:
        ada = helper.for_owner("ada")
        (item,) = [one for one in helper.check().items if one.name == "plugin providers"]

        assert ada.egress.providers() == ("local",)
        assert (item.ok, item.found) == (False, "1 provider")
        assert item.advice == "Provider 'cloud': set the variable ABSENT to its key, or leave its table out."
