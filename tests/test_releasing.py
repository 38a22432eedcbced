"""What a release does: the changelog is built from files, and what was released does not go without saying so."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import mailhelper_core
from tests.api_diff import RELEASED, compare, current, surface

ROOT = Path(__file__).parent.parent
CHANGES = [path for path in sorted((ROOT / "changes").iterdir()) if path.name not in ("README.md", "template.md.jinja")]
KINDS = ("added", "changed", "fixed", "removed", "security")
BEFORE = ["m.f", "m.f(1 a)", "m.f(b=)", "m.Value.field", "m.Word: one"]


def towncrier(folder: Path, *words: str) -> str:
    command = [sys.executable, "-m", "towncrier", "build", "--date", "2026-03-01", *words]
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def test_a_change_has_a_kind() -> None:
    name = re.compile(rf"[a-z0-9-]+[.]({'|'.join(KINDS)})[.]md")

    assert not [path.name for path in CHANGES if not name.fullmatch(path.name)], "NAME.KIND.md; see changes/README.md"


def test_the_draft_holds_every_change() -> None:
    draft = " ".join(towncrier(ROOT, "--draft", "--version", "9.9.9").split())

    assert "## 9.9.9 (2026-03-01)" in draft
    assert not [path.name for path in CHANGES if " ".join(path.read_text(encoding="utf-8").split()) not in draft]


def test_a_release_moves_the_changes_into_the_changelog_newest_first(tmp_path: Path) -> None:
    for name in ("pyproject.toml", "CHANGELOG.md"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / "changes").mkdir()
    for name in ("README.md", "template.md.jinja"):
        shutil.copy(ROOT / "changes" / name, tmp_path / "changes")
    for version, text in (("8.0.0", "First."), ("9.0.0", "Second, in\ntwo lines.")):
        (tmp_path / "changes" / "one.fixed.md").write_text(text + "\n", encoding="utf-8")
        towncrier(tmp_path, "--yes", "--version", version)

    head, _, released = (tmp_path / "CHANGELOG.md").read_text(encoding="utf-8").partition("release notes start -->\n")
    assert head.startswith("# Changelog\n")
    assert released.strip().startswith(
        "## 9.0.0 (2026-03-01)\n\n### Fixed\n\n- Second, in\n  two lines.\n\n"
        "## 8.0.0 (2026-03-01)\n\n### Fixed\n\n- First."
    )
    assert sorted(path.name for path in (tmp_path / "changes").iterdir()) == ["README.md", "template.md.jinja"]


def test_both_places_say_the_same_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert project["version"] == mailhelper_core.__version__


def test_nothing_that_callers_were_promised_goes_without_a_new_major_version() -> None:
    assert len(RELEASED.read_text(encoding="utf-8").splitlines()) > 3_000, "an empty promise cannot be broken"
    assert current().refused == ()


@pytest.mark.parametrize(
    ("after", "refused"),
    [
        (BEFORE[1:], ("m.f",)),
        ([*BEFORE[:1], "m.f(2 a)", *BEFORE[2:]], ("m.f(1 a)", "m.f(2 a)")),
        ([*BEFORE, "m.f(c)"], ("m.f(c)",)),
        ([line for line in BEFORE if "Word" not in line], ("m.Word: one",)),
        ([*BEFORE, "m.f(c=)", "m.g", "m.g(1 needed)", "m.Word: two"], ()),
        ([*BEFORE[:1], "m.f(1 a=)", *BEFORE[2:]], ()),
    ],
)
def test_what_breaks_callers_is_refused_until_the_major_version_rises(after: list[str], refused: tuple[str]) -> None:
    assert compare("1.4.0", BEFORE, "1.5.0", after).refused == refused
    assert compare("1.4.0", BEFORE, "2.0.0", after).refused == ()


def test_the_surface_has_names_calls_parameters_fields_and_words() -> None:
    assert {
        "mailhelper_core.MailHelper", "mailhelper_core.Account.state", "mailhelper_core.Tone: brief",
        "ada.accounts.add(1 url)", "ada.accounts.add(password=)", "mailhelper_core.OwnerServices.sync(1 account_id)",
        "mailhelper_core.testing.check_plugin(1 plugin)", "mailhelper_celery.install(configure=)",
        "mailhelper_celery.Installation.look(timeout_seconds=)",
    } <= set(surface())  # fmt: skip
