"""The example plugins keep their contract on PostgreSQL too (their own tests use SQLite); each suite has users."""

from __future__ import annotations

import re
import tomllib
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from threading import Thread
from types import ModuleType

import mailhelper_pop3
import mailhelper_sender_notes
import pytest
from sqlalchemy import NullPool, create_engine

from mailhelper_core import testing
from mailhelper_core.testing import Environment, check_delivery, check_plugin, check_source, check_tables

ROOT = Path(__file__).parent.parent.parent.parent
EXAMPLES = sorted((ROOT / "examples" / "plugins").glob("*/pyproject.toml"))
SUITES = sorted(name for name in testing.__all__ if name.startswith("check_"))
# Of what is built in nothing brings tables along or does something outside the mailbox, and a plugin as a whole is
# another's by definition.
OTHERS_ONLY = {"check_tables", "check_plugin", "check_delivery"}
ARGUMENTS = {"young-domain": "30", "note-sender": "our landlord", "webhook": "matched"}
SETTINGS = {"young-domains": {"domains": "new.example 2026-02-20"}}


@pytest.mark.servers
@pytest.mark.parametrize("project", EXAMPLES, ids=lambda path: path.parent.name)
def test_an_example_makes_its_journey_on_postgresql(project: Path, postgres_database: str) -> None:
    points = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["entry-points"]["mailhelper"]

    for module in points.values():
        settings = SETTINGS.get(project.parent.name)
        check_plugin(import_module(module), arguments=ARGUMENTS, settings=settings, database=postgres_database)


def test_the_tables_of_the_example_are_the_same_on_both(database_url: str) -> None:
    (tables,) = mailhelper_sender_notes.register_tables()

    check_tables(tables, database=database_url)


@pytest.mark.servers
def test_what_the_example_delivers_twice_stands_there_once_on_postgresql(postgres_database: str) -> None:
    def written(checked: Environment) -> list[tuple[object, ...]]:
        engine = create_engine(checked.helper.settings.database_url, poolclass=NullPool)
        notes = mailhelper_sender_notes.NOTES
        with engine.connect() as connection:
            return [tuple(row[1:]) for row in connection.execute(notes.select().order_by(notes.c.id))]

    check_delivery(mailhelper_sender_notes, "note-sender", "our landlord", heard=written, database=postgres_database)


@pytest.mark.servers
def test_the_source_of_the_example_is_synced_into_postgresql(postgres_database: str) -> None:
    (source,) = mailhelper_pop3.register_sources()
    own = own_tests("pop3")
    with own._Server(("127.0.0.1", 0), own._Handler) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        url = f"pop3://127.0.0.1:{server.server_address[1]}"

        check_source(source, url, own.RAWS, username="ada", password="secret", database=postgres_database)

        server.shutdown()
        thread.join()


@pytest.mark.parametrize("suite", SUITES)
def test_a_suite_is_run_on_an_example(suite: str) -> None:
    texts = [path.read_text(encoding="utf-8") for path in ROOT.glob("examples/plugins/*/tests/test_*.py")]

    assert [text for text in texts if re.search(rf"\b{suite}\(", text)]


@pytest.mark.parametrize("suite", [name for name in SUITES if name not in OTHERS_ONLY])
def test_a_suite_is_run_on_what_is_built_in(suite: str) -> None:
    text = (ROOT / "tests" / "unit" / "testing" / "test_conformance.py").read_text(encoding="utf-8")

    assert re.search(rf"\b{suite}\(", text)


def own_tests(example: str) -> ModuleType:
    """Answer the module of an example's own tests."""
    path = ROOT / "examples" / "plugins" / example / "tests" / f"test_{example.replace('-', '_')}.py"
    spec = spec_from_file_location(f"own_tests_{example}", path)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
