"""Every metric stands on the page of hooks and on the page for operators, with its labels."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from mailhelper_core import MailHelper
from mailhelper_core.hookspecs import hookimpl
from mailhelper_core.jobs import gauges
from mailhelper_core.jobs.plan import Verdict
from mailhelper_core.model.ai.egress import EgressCounts
from mailhelper_core.model.work.news import Metric
from mailhelper_core.model.work.overview import AccountHealth, QueueState
from mailhelper_core.store.work.watchers import LastSign
from mailhelper_prometheus.exposition import Counters, text

ROOT = Path(__file__).parent.parent
HOOKS = ROOT / "docs" / "reference" / "hooks.md"
OPERATE = ROOT / "docs" / "howto" / "operate.md"
MAKERS = {"Metric", "_gauge"}


class Listener:
    """A plugin that hears what is measured."""

    def __init__(self) -> None:
        self.heard: list[Metric] = []

    @hookimpl
    def metric(self, metrics: list[Metric]) -> None:
        """Note them."""
        self.heard += metrics


def named_in_code() -> set[str]:
    """Answer the names with which the code makes metrics; those that the test kit tells a plugin are made up."""
    found = set()
    core = ROOT / "mailhelper_core"
    for path in set(core.rglob("*.py")) - set((core / "testing").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Name(id=made), args=[ast.Constant(value=str(name)), *_]) if made in MAKERS:
                    found.add(name)
    return found


def measured(folder: Path) -> Iterator[Metric]:
    """Yield one metric of each name, as the code makes them."""
    yield from gauges.of_queue(QueueState("sync"))
    yield from gauges.of_account(AccountHealth("ada", 1, "ok", lag_seconds=1.0))
    yield from gauges.of_watcher(LastSign("web1", 12.0))
    yield from gauges.of_egress(EgressCounts("local", "classify", "answered", 1, 1, 1, 1, 1))
    yield from gauges.of_slice("sync", Verdict("failed", error_code="x"), 1.0)
    listener = Listener()
    with MailHelper(f"sqlite:///{folder / 'mail.db'}", plugins=[listener]) as helper:
        helper.migrate()
        ada = helper.for_owner("ada")
        account = ada.accounts.add("maildir:///nowhere")
        ada.jobs.submit("sync", account_id=account.id)
        helper.jobs.run()
        helper._wiring.dispatcher.reject("shop", "totals", "answered nonsense")
        yield from listener.heard
        yield from helper.admin.metrics()


def rows(page: Path, heading: str) -> dict[str, tuple[str, set[str]]]:
    """Answer kind and labels by name from the table below a heading."""
    found = {}
    text = page.read_text(encoding="utf-8").partition(heading)[2].partition("\n## ")[0]
    for names, kind, labels in re.findall(r"^\| (`[^|]+`) \| (\w+) \| ([^|]*) \|", text, re.MULTILINE):
        for name in re.findall(r"`(\w+)`", names):
            found[name] = kind, set(re.findall(r"`(\w+)`", labels))
    return found


def test_the_page_of_hooks_names_every_metric_with_its_kind_and_labels(tmp_path: Path) -> None:
    known = {one.name: (one.kind, {label for label, _ in one.labels}) for one in measured(tmp_path)}

    assert known.keys() == named_in_code(), "measure what is new in this test too"
    assert rows(HOOKS, "\n## metric\n") == known


def test_the_page_for_operators_names_every_metric_with_its_labels() -> None:
    told = rows(OPERATE, "\n## Health and metrics\n")

    for name, (kind, labels) in rows(HOOKS, "\n## metric\n").items():
        assert told[name][0] == kind
        assert labels <= told[name][1], name


def test_the_page_for_operators_says_the_names_that_prometheus_shows() -> None:
    page = OPERATE.read_text(encoding="utf-8").partition("\n## Health and metrics\n")[2].partition("\n## ")[0]
    counters = Counters()
    counters.add(gauges.of_slice("sync", Verdict("done"), 1.0))

    shown = re.findall(r"^(\w+)\{", text(counters, gauges.of_queue(QueueState("sync"))), re.MULTILINE)

    said = set(re.findall(r"`(mailhelper_[a-z_]+)`", page))
    assert said == {"mailhelper_jobs_due", "mailhelper_job_slices_total", "mailhelper_job_slice_seconds_sum"}
    assert said <= set(shown)
    assert {name for name in shown if not name.startswith("mailhelper_")} == set()
