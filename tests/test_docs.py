"""The reference is complete: each hook with its exact signature, each provider, setting, error and call."""

from __future__ import annotations

import inspect
import re
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest

import mailhelper_core
from mailhelper_core import errors, hookspecs
from mailhelper_core.model.work.job import LANES
from mailhelper_core.settings import Settings
from tests import api_page, schema_page, values_page

DOCS = Path(__file__).parent.parent / "docs"
REFERENCE = DOCS / "reference"
HOOKS = [value for value in vars(hookspecs).values() if inspect.isfunction(value)]
PROVIDERS = (
    "SourceType", "Classifier", "Condition", "ActionType", "ReadyRule", "TokenProvider", "Provider", "Embedder",
    "Recognizer", "TagSuggester", "BlobStoreType", "Setting", "PluginTables",
)  # fmt: skip
ERRORS = [error for error in vars(errors).values() if isinstance(error, type) and issubclass(error, Exception)]


@pytest.mark.parametrize("hook", HOOKS, ids=lambda hook: hook.__name__)
def test_every_hook_is_documented_with_its_exact_signature(hook: Any) -> None:
    page = _page("hooks")

    assert f"## {hook.__name__}\n" in page
    assert f"def {hook.__name__}{_signature(hook)}\n" in page


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_field_of_a_provider_is_documented_with_its_default(name: str) -> None:
    provider = getattr(mailhelper_core, name)

    assert _rows(_page("hooks"), f"`{name}`") == {field.name: _default(field) for field in fields(provider)}


def test_every_setting_is_documented_with_its_default() -> None:
    assert _rows(_page("settings"), "field") == {field.name: _default(field) for field in fields(Settings)}


def test_every_argument_of_the_helper_is_documented_with_its_default() -> None:
    arguments = list(inspect.signature(mailhelper_core.MailHelper).parameters.values())
    bare = [argument.replace(annotation=inspect.Parameter.empty) for argument in arguments]

    assert f"\nMailHelper{inspect.Signature(bare)}\n" in _page("settings")


def test_every_picture_of_the_web_host_is_shown_on_a_page_and_is_small() -> None:
    shown = [
        (page.parent / target).resolve()
        for page in DOCS.rglob("*.md")
        for target in re.findall(r"!\[[^\]]+\]\(([^)]+\.png)\)", page.read_text(encoding="utf-8"))
    ]

    assert sorted(shown) == sorted((DOCS / "pictures").glob("*.png"))
    assert max(picture.stat().st_size for picture in shown) <= 200_000


def test_every_variable_of_the_environment_is_documented() -> None:
    read = set(re.findall(r'environ\.get\("(\w+)"', inspect.getsource(Settings.from_env)))

    assert read >= {"MAILHELPER_DATABASE_URL", "MAILHELPER_POOL_SIZE"}
    assert read == set(re.findall(r"^\| `(MAILHELPER_\w+)` \|", _page("settings"), re.MULTILINE))


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_every_error_is_public_and_documented(error: type[Exception]) -> None:
    assert error.__name__ in mailhelper_core.__all__
    assert error.__name__ in _page("errors")


def test_the_tree_of_errors_is_that_of_the_code() -> None:
    tree = inspect.cleandoc(errors.__doc__ or "").split("\n\n")[1]

    assert inspect.cleandoc(tree) in _page("errors")


def test_the_tables_of_the_api_are_those_of_the_code() -> None:
    assert api_page.BEGIN + api_page.tables() + api_page.END in _page("api"), "run `python -m tests.api_page`"


def test_the_tables_of_values_are_those_of_the_code() -> None:
    assert _page("values").endswith(values_page.BEGIN + values_page.sections()), "run `python -m tests.values_page`"


def test_the_page_of_the_database_and_its_drawing_are_those_of_the_tables() -> None:
    assert schema_page.PAGE.read_text(encoding="utf-8") == schema_page.page(), "run `python -m tests.schema_page`"
    assert schema_page.PICTURE.read_text(encoding="utf-8") == schema_page.picture()


def test_every_field_of_a_value_has_a_comment_that_says_what_it_means() -> None:
    assert values_page.unexplained() == []


@pytest.mark.parametrize("name", mailhelper_core.__all__)
def test_every_public_name_is_in_the_reference(name: str) -> None:
    reference = "".join(path.read_text(encoding="utf-8") for path in sorted(REFERENCE.glob("*.md")))

    assert re.search(rf"\b{name}\b", reference)


def test_every_type_that_a_call_answers_is_public() -> None:
    answers = " ".join(line.split("|")[2] for line in api_page.tables().splitlines() if line.startswith("| `"))
    named = set(re.findall(r"[A-Z]\w+", answers)) - {"None", "AbstractContextManager"}

    assert named <= set(mailhelper_core.__all__)


def _page(name: str) -> str:
    return (REFERENCE / f"{name}.md").read_text(encoding="utf-8")


def _signature(function: Any) -> str:
    return str(inspect.signature(function)).replace("'", "")


def _rows(page: str, first_heading: str) -> dict[str, str]:
    """Answer the table that begins with this heading: name -> default, without their backticks."""
    table = page.split(f"| {first_heading} | default | meaning |\n", 1)[1].split("\n\n", 1)[0]
    cells = [[cell.strip().strip("`") for cell in line.split("|")[1:3]] for line in table.splitlines()[1:]]
    return {name: default for name, default in cells}


def _default(field: Any) -> str:
    if field.default is MISSING:
        return ""
    return field.default.__name__ if isinstance(field.default, type) else repr(field.default)


def test_every_kind_of_job_is_in_the_table_with_its_account() -> None:
    page = _page("tasks")
    table = page[page.index("| kind |") : page.index("| state |")]
    told = dict(re.findall(r"^\| `([a-z_]+)` \|.*\| (yes|no) \|$", table, re.MULTILINE))

    assert told == {kind: "yes" if lane == "server" and kind != "run" else "no" for kind, lane in LANES.items()}
