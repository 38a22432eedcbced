"""The kit as a whole: its public names, the clock, the pytest fixtures, what an import costs."""

from __future__ import annotations

import subprocess
import sys
import threading
import tomllib
from datetime import UTC, datetime, timedelta
from importlib.metadata import entry_points
from pathlib import Path
from types import FunctionType

import pytest

from mailhelper_core import ConfigError, testing
from mailhelper_core.testing.imap import traffic
from tests.acceptance.pages import blocks

pytest_plugins = ["pytester"]

HOWTO = Path(__file__).parents[3] / "docs" / "howto"
PLUGIN = "mailhelper_core.testing.plugin"


def test_every_public_name_is_there() -> None:
    assert sorted(testing.__all__) == testing.__all__
    found = {name: getattr(testing, name) for name in testing.__all__}
    assert all(value.__name__ == name for name, value in found.items() if isinstance(value, type | FunctionType))


def test_dir_names_what_loads_on_demand() -> None:
    assert {*testing.__all__, "faults"} <= set(dir(testing))
    assert testing.faults.FAULTS["F01"].title == "no greeting"


def test_pytest_finds_the_fixtures_of_an_installed_kit() -> None:
    pyproject = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text(encoding="utf-8"))

    assert pyproject["project"]["entry-points"]["pytest11"] == {"mailhelper": "mailhelper_core.testing.plugin"}


def test_another_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'ImapSrever'"):
        testing.ImapSrever  # noqa: B018


def test_the_clock_moves_only_when_told() -> None:
    clock = testing.FixedClock(datetime(2025, 1, 1, tzinfo=UTC))

    before = clock()
    clock.advance(90)

    assert (before, clock()) == (datetime(2025, 1, 1, tzinfo=UTC), before + timedelta(seconds=90))


def test_the_clock_refuses_a_time_without_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        testing.FixedClock(datetime(2025, 1, 1))  # noqa: DTZ001


def test_an_environment_that_cannot_start_leaves_no_server(tmp_path: Path) -> None:
    before = set(threading.enumerate())

    with pytest.raises(ConfigError):
        testing.Environment.start(tmp_path, contents="nowhere://x")

    assert set(threading.enumerate()) <= before


def test_environments_share_what_the_migrations_make(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "first").mkdir()
    with testing.Environment.start(tmp_path / "first") as first:
        first.ada.tags.create("of the first")
    caplog.set_level("INFO", "mailhelper.schema")

    with testing.Environment.start(tmp_path) as second:
        assert second.ada.tags.list() == ()

    assert "the schema was brought" not in caplog.text
    assert (tmp_path / "mail.db").stat().st_mode & 0o777 == 0o600


def test_an_environment_goes_on_with_the_database_of_its_folder(tmp_path: Path) -> None:
    with testing.Environment.start(tmp_path) as first:
        first.ada.tags.create("of the first")

    with testing.Environment.start(tmp_path) as second:
        assert [tag.name for tag in second.ada.tags.list()] == ["of the first"]


def test_the_plugin_loads_nothing_and_the_kit_needs_no_pytest() -> None:
    """The plugin is imported with a stand-in for pytest, so that what remains is what the kit itself asked for."""
    code = """if True:
        import sys, types
        sys.modules["pytest"] = types.ModuleType("pytest")
        sys.modules["pytest"].fixture = lambda function: function
        import mailhelper_core.testing.plugin
        print([name for name in sys.modules if name.startswith("mailhelper_core.testing.")])
        sys.modules["pytest"] = None  # importing it now is an error
        from mailhelper_core.testing import *
        print([name for name in ("sqlalchemy", "imapclient") if name in sys.modules])
    """

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines() == ["['mailhelper_core.testing.plugin']", "[]"]


def test_the_fixtures_hand_out_what_they_say(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        def test_kit(imap_server, mailbox_generator, fixed_clock):
            mails = mailbox_generator.fill(imap_server.store.user("ada"), count=5)
            assert len(mails) == 5
            assert imap_server.port
            assert fixed_clock() >= mails[-1].internal_date

        def test_env(mailhelper_env, imap_server, mailbox_generator):
            mailbox_generator.fill(imap_server.store.user("ada"), count=5)
            report = mailhelper_env.ada.sync(mailhelper_env.account.id)
            assert (report.new, report.errors) == (5, ())
            assert mailhelper_env.ada.count("") == 5
        """
    )
    installed = any(point.value == PLUGIN for point in entry_points(group="pytest11"))

    result = pytester.runpytest_inprocess(*([] if installed else ["-p", PLUGIN]))

    result.assert_outcomes(passed=2)


@pytest.mark.parametrize("page", ["test-kit.md", "test-a-plugin.md"])
def test_the_tests_of_a_how_to_page_pass(pytester: pytest.Pytester, page: str) -> None:
    saved = [one for one in blocks(HOWTO / page, "python") if one.saved_as]
    pytester.makepyfile(**{one.saved_as.removesuffix(".py"): one.text for one in saved})
    installed = any(point.value == PLUGIN for point in entry_points(group="pytest11"))

    result = pytester.runpytest_inprocess(*([] if installed else ["-p", PLUGIN]))

    assert len(saved) == 1
    result.assert_outcomes(passed=sum(one.text.count("def test_") for one in saved))


def test_a_plugin_of_the_authors_is_loaded_and_one_with_problems_fails_the_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        shop_plugin="""
        from mailhelper_core import Classifier, hookimpl

        @hookimpl
        def register_classifiers():
            return [Classifier("totals", lambda messages: [None] * len(messages))]
        """,
        conftest="""
        import pytest, shop_plugin

        @pytest.fixture
        def mailhelper_plugins():
            return [shop_plugin]
        """,
        test_good="""
        def test_it_is_there(mailhelper_env):
            (found,) = [one for one in mailhelper_env.helper.plugins if not one.built_in]
            assert (found.name, found.provides) == ("shop_plugin", ("classifiers:totals",))
        """,
        test_bad="""
        import pytest, types

        @pytest.fixture
        def mailhelper_plugins():
            return [types.ModuleType("nothing")]

        def test_it_is_not_reached(mailhelper_env):
            pass
        """,
    )
    installed = any(point.value == PLUGIN for point in entry_points(group="pytest11"))

    result = pytester.runpytest_inprocess(*([] if installed else ["-p", PLUGIN]))

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*nothing has no function marked @hookimpl*"])


def test_the_log_of_a_server_that_runs_for_days_keeps_the_newest_commands(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traffic, "MAX_COMMANDS", 3)
    log = traffic.TrafficLog()

    for number in range(5):
        log.add(1, "NOOP", f"a{number} NOOP".encode())

    assert [command.line for command in log.commands] == ["a2 NOOP", "a3 NOOP", "a4 NOOP"]
