"""Database URLs: what would be left out without a word is refused."""

from __future__ import annotations

import pytest

from mailhelper_core import ConfigError, MailHelper
from mailhelper_core.store.engine import parse_url

WRITE = r"write sqlite:///file:mail\.db\?mode=ro&uri=true"


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///mail.db?mode=ro",
        "sqlite:////srv/mail.db?mode=ro&timeout=3",
        "sqlite:///mail.db?mode=ro&uri=true",
        "sqlite:///file:mail.db?mode=ro",
        "sqlite:///file:mail.db?mode=ro&uri=false",
        "sqlite:///file:mail.db?immutable=1&mode=ro",
        "sqlite:///file:mail.db",
    ],
)
def test_what_sqlite_would_not_hear_is_refused_with_what_to_write(url: str) -> None:
    with pytest.raises(ConfigError, match=WRITE):
        MailHelper(url)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite:///file:mail.db?mode=ro&uri=true",
        "sqlite:///file:/srv/mail.db?immutable=1&uri=1",
        "sqlite:///mail.db?timeout=3",
        "sqlite:///mail.db",
    ],
)
def test_what_sqlite_hears_is_taken(url: str) -> None:
    assert parse_url(url).get_backend_name() == "sqlite"


@pytest.mark.parametrize(
    "url", ["sqlite://", "sqlite:///file::memory:?uri=true", "sqlite:///file:x?mode=memory&uri=true"]
)
def test_a_database_in_memory_is_refused(url: str) -> None:
    with pytest.raises(ConfigError, match="SQLite in memory is not supported"):
        parse_url(url)
