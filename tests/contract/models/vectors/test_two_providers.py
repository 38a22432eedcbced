"""Vectors of two providers: never under one profile, and a query goes where its profile's mail went."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailhelper_core import ConsentError, EmbeddingAnswer, MailHelper, Provider, ProviderError
from mailhelper_core.testing import ModelServer
from tests.contract.models.desk import Desk


class Two:
    """Two providers whose vectors are at right angles, and whom each text was sent to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, int]] = []
        self.providers = [self._provider("first", [1.0, 0.0]), self._provider("second", [0.0, 1.0])]

    def _provider(self, name: str, vector: list[float]) -> Provider:
        def complete(_request):
            raise ProviderError("It only makes vectors.", code="no_text", transient=False)

        def embed(request):
            self.asked.append((name, len(request.texts)))
            return EmbeddingAnswer([vector for _ in request.texts], name, 3)

        return Provider(name, complete, embed, None, model="m", embedding_model="e")


@pytest.fixture
def two() -> Two:
    return Two()


@pytest.fixture
def desk(url: str, server: ModelServer, tmp_path: Path, two: Two) -> Iterator[Desk]:
    desk = Desk(server, tmp_path)
    desk.plugin.providers = two.providers
    clock = datetime(2026, 3, 2, 9, tzinfo=UTC)
    with MailHelper(url, key=b"k" * 32, plugins=[desk.plugin], clock=lambda: clock) as helper:
        desk.open(helper)
        yield desk


def test_consent_to_one_provider_lets_nothing_leave_to_another(desk: Desk, two: Two) -> None:
    desk.mail("One", "The washing machine is broken.")
    desk.allow("embed", provider="first", level="none")
    desk.ada.vectors.use("provider:second")

    desk.ada.run(desk.account.id)
    assert two.asked == []
    desk.allow("embed", provider="second", level="none")
    desk.mail("Two", "The party is on Saturday.")
    desk.ada.run(desk.account.id)

    assert two.asked == [("second", 2)]
    assert desk.ada.vectors.status().vectors == 2


def test_a_query_leaves_by_the_consent_that_names_the_maker_of_the_vectors(
    desk: Desk, two: Two, tmp_path: Path
) -> None:
    folder = tmp_path / "other"
    for name in ("cur", "new", "tmp"):
        (folder / name).mkdir(parents=True)
    other = desk.ada.accounts.add(f"maildir://{folder}", username="ada@work.example")
    desk.mail("One", "The washing machine is broken.")
    desk.allow("embed", provider="second", level="none")
    desk.ada.vectors.use("provider:second")
    desk.ada.run(desk.account.id)
    desk.allow("embed", provider="first", level="none")
    desk.ada.egress.consent(other.id, "embed", provider="second", level="none")

    found = desk.ada.search("washer", mode="meaning")

    assert len(found) == 1
    assert two.asked == [("second", 1), ("second", 1)]
    desk.ada.egress.withdraw(other.id, "embed")
    with pytest.raises(ConsentError, match="not to second"):
        desk.ada.search("another washer", mode="meaning")
