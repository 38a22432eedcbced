"""The gate of every test run: what is left out is counted, and a skip fails the run unless it is allowed."""

from __future__ import annotations

import gc
import ipaddress
import os
import sys
from collections.abc import Generator
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from mailhelper_core.plugins import load
from tests import compiled
from tests.servers.process import MISSING_SERVER

EXAMPLES = {path.parent.name for path in Path(__file__).parent.glob("examples/plugins/*/pyproject.toml")}
SHARED_DATA = Path(__file__).parent.parent / "shared" / "data"
MARKER_OF_FIXTURE = {
    "postgres": "servers",
    "postgres_url": "servers",
    "pgvector": "servers",
    "dovecot": "servers",
    "dovecot_with": "servers",
    "shared_data": "shared_data",
}

# Two busy cores: no deadline, and slow generation is no error. Without --full a run is short: 25 examples each
# find what is grossly wrong within 20 s for all unit tests; 1,000 of --full look for the rest.
_QUIET = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture]
settings.register_profile("dev", deadline=None, print_blob=True, max_examples=25, suppress_health_check=_QUIET)
settings.register_profile("ci", settings.get_profile("dev"), derandomize=True)  # one commit, one verdict
settings.register_profile("full", settings.get_profile("dev"), max_examples=1000)

_left_out = pytest.StashKey[dict[str, int]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the switches of the gate."""
    group = parser.getgroup("gate", "the gate: what may be left out")
    group.addoption("--full", action="store_true", help="run the long campaigns too, with wide properties")
    group.addoption("--allow-skips", action="store_true", help="skipped tests do not fail the run")
    group.addoption(
        "--allow-missing-servers",
        action="store_true",
        help="tests whose server is not installed are skipped and do not fail the run",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Choose how widely Hypothesis searches, and keep the run on this machine."""
    narrow = "ci" if os.environ.get("CI") else "dev"
    settings.load_profile("full" if config.getoption("full") else narrow)
    config.stash[_left_out] = {}
    os.environ.setdefault("MAILHELPER_PLUGINS", "")  # for the programs that tests start
    vars(load)["entry_points"] = _without_examples
    compiled.share()
    sys.addaudithook(_stay_on_this_machine)


def _without_examples(*, group: str) -> list[EntryPoint]:
    """Answer installed plugins but our examples: a test has the plugins that it names."""
    return [*_installed(group, tuple(sys.path))]


@cache  # an engine asks for them, a test makes engines, and looking into all distributions takes half the time of one
def _installed(group: str, _path: tuple[str, ...]) -> tuple[EntryPoint, ...]:
    return tuple(point for point in entry_points(group=group) if point.name not in EXAMPLES)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep what was collected out of garbage collection: it stays, and is what a whole collection would walk most."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.hookimpl(tryfirst=True)  # before -m looks at the markers
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark tests by their fixtures; leave out long campaigns, and tests on real mails where these are absent."""
    for item in items:
        for fixture in MARKER_OF_FIXTURE.keys() & set(getattr(item, "fixturenames", ())):
            item.add_marker(MARKER_OF_FIXTURE[fixture])
        if _is_on_postgresql(item):
            item.add_marker("servers")
    if not config.getoption("full"):
        _leave_out(config, items, "full", "are long campaigns (--full runs them)")
    if not SHARED_DATA.is_dir():
        _leave_out(config, items, "shared_data", "need the real mails of ../shared/data, which is absent")


def _is_on_postgresql(item: pytest.Item) -> bool:
    """Say whether a test's parameters, those of its fixtures among them, name PostgreSQL as its database."""
    parts = getattr(getattr(item, "callspec", None), "id", "").split("-")
    return any(part in ("postgres", "postgresql") or part.startswith(("postgres_", "pgvector_")) for part in parts)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run for skips that nobody allowed; a worker process hands its counts over."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["left_out"] = session.config.stash[_left_out]
    elif _forbidden_skips(session.config) and session.exitstatus in (
        pytest.ExitCode.OK,
        pytest.ExitCode.NO_TESTS_COLLECTED,
    ):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: object) -> None:
    """Take over the counts of a worker process of pytest-xdist; all workers collect the same tests."""
    config: pytest.Config = node.config  # type: ignore[attr-defined]
    config.stash[_left_out].update(getattr(node, "workeroutput", {}).get("left_out", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print what was left out, whether that fails the run, and which tests needed a second try."""
    for reason, count in config.stash[_left_out].items():
        terminalreporter.write_line(f"left out: {count} tests {reason}")
    failed = {report.nodeid for kind in ("failed", "error") for report in terminalreporter.getreports(kind)}
    for name in sorted({report.nodeid for report in terminalreporter.getreports("rerun")} - failed):
        terminalreporter.write_line(f"unsteady, tried twice: {name}", yellow=True)
    skips = _forbidden_skips(config)
    if skips:
        terminalreporter.write_line(f"{skips} skipped tests fail the run (--allow-skips allows them)", red=True)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real mails beside the repository; tests that use it are left out where it is absent."""
    return SHARED_DATA


def _leave_out(config: pytest.Config, items: list[pytest.Item], marker: str, reason: str) -> None:
    out = [item for item in items if item.get_closest_marker(marker)]
    if out:
        items[:] = [item for item in items if not item.get_closest_marker(marker)]
        config.hook.pytest_deselected(items=out)
        config.stash[_left_out][reason] = len(out)


def _forbidden_skips(config: pytest.Config) -> int:
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or config.getoption("allow_skips"):
        return 0
    skips = reporter.stats.get("skipped", [])
    if config.getoption("allow_missing_servers"):
        skips = [report for report in skips if MISSING_SERVER not in str(report.longrepr)]
    return len(skips)


def _stay_on_this_machine(event: str, arguments: tuple[object, ...]) -> None:
    """Audit hook: no test may connect to another machine."""
    if event != "socket.connect" or not isinstance(arguments[1], tuple):
        return
    host = str(arguments[1][0])
    if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
        raise RuntimeError(f"a test tried to leave this machine: {host}")
