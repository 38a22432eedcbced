"""How Sphinx builds the documentation; `./dev docs` runs it with warnings as errors."""

from __future__ import annotations

import tomllib
from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

with Path(__file__).parent.parent.joinpath("pyproject.toml").open("rb") as file:
    _version = tomllib.load(file)["project"]["version"]

project = "mailhelper"
author = "the mailhelper authors"
project_copyright = "2026, the mailhelper authors"
version = release = _version

extensions = ["myst_parser"]
myst_enable_extensions = ["deflist", "colon_fence"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = f"mailhelper {release}"


def setup(app: Sphinx) -> None:
    """Name the language of queries, so that tests can find these blocks and run them."""
    app.add_lexer("query", TextLexer)
