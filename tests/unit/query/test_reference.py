"""docs/reference/query.md is true: every field stands in it, every example is read."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mailhelper_core import MailHelper, QueryError
from mailhelper_core.model.rules.criteria import FIELDS, Is
from mailhelper_core.query.json import from_json
from mailhelper_core.query.read import MAX_DEPTH, MAX_LENGTH, MAX_TESTS, read
from mailhelper_core.query.write import write

DOCS = Path(__file__).parents[3] / "docs" / "reference"
PAGE = (DOCS / "query.md").read_text()
ROWS = re.findall(r"^\| ([a-z_, ]+?)(?: \(or no field\))? \| (.+?) \| (.+) \|$", PAGE, re.MULTILINE)


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("query", [line for block in _blocks("text") for line in block.splitlines()])
def test_an_example_is_read_and_written(query: str) -> None:
    tree = read(query)

    assert read(write(tree)) == tree


def test_the_json_example_is_read() -> None:
    (form,) = _blocks("json")

    assert write(from_json(json.loads(form))) == "from:bank.example -tag:* header:X-Loop=yes"


def test_every_name_of_the_grammar_is_defined() -> None:
    grammar = next(block for block in _blocks("none") if block.startswith("query"))
    lines = [re.split(r" {2,}(?=[a-z])", re.sub('"[^"]*"', "", line), maxsplit=1)[0] for line in grammar.splitlines()]
    defined = {line.split()[0] for line in lines if "=" in line}
    used = {name for line in lines for name in re.findall(r"[A-Za-z]+", line.partition("=")[2] or line)}

    assert used - defined <= {"letter", "digit", "character", "DQUOTE"}
    assert read('header:X-A~"a b"') == Is("header", "~", "a b", "X-A")


def test_every_field_has_its_row_with_its_operators() -> None:
    documented = {name: row[1] for row in ROWS for name in row[0].split(", ")}

    assert set(FIELDS) <= set(documented)
    for name, field in FIELDS.items():
        for operator in field.operators:
            assert f"`{operator}`" in documented[name], name


def test_every_word_of_a_flag_is_documented() -> None:
    rows = {name: row[2] for row in ROWS for name in row[0].split(", ")}

    for name in ("is", "has", "priority"):
        for value in FIELDS[name].values:
            assert value in rows[name]


def test_the_categories_are_those_that_are_given(tmp_path: Path) -> None:
    with MailHelper(f"sqlite:///{tmp_path}/mail.db", key=b"k" * 32) as helper:
        given = helper.for_owner("ada").rules.registry.categories

    listed = re.search(r"built in are ([a-z,\s]+);", PAGE)
    assert listed
    assert set(re.findall(r"[a-z]+", listed[1])) - {"and"} == given


@pytest.mark.parametrize("page", ["query.md", "errors.md"])
def test_the_misspelt_category_of_a_page_is_refused_by_all(page: str, tmp_path: Path) -> None:
    assert "`category:financ`" in (DOCS / page).read_text()
    with MailHelper(f"sqlite:///{tmp_path}/mail.db", key=b"k" * 32) as helper, pytest.raises(QueryError) as caught:
        helper.for_owner("ada").search("category:financ")

    assert caught.value.hint.startswith("did you mean 'finance'?")


def test_the_limits_are_the_ones_in_force() -> None:
    assert f"At most {MAX_LENGTH:,} characters, {MAX_TESTS} tests, {MAX_DEPTH} levels" in PAGE
