"""What is installed as an extra can be installed from a clone too: the project is on no package index yet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mailhelper_cli.failures import describe
from mailhelper_core import ConfigError

ROOT = Path(__file__).parent.parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
_INDEX, _CLONE = re.compile(r"mailhelper\[([a-z]+)\]"), re.compile(r"'\.\[([a-z]+)\]'")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_that_names_an_extra_says_how_it_comes_from_a_clone(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    assert set(_INDEX.findall(text)) <= set(_CLONE.findall(text))


def test_an_error_about_an_extra_says_how_it_comes_from_a_clone() -> None:
    failure = describe(ConfigError("Search by meaning needs numpy: install mailhelper[learn]."))

    assert failure.advice == "pip install 'mailhelper[learn]', in a clone '.[learn]'"
