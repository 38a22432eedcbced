"""Metadata that come in pieces, of an answer that ends too early: what did not come is asked for again."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

import pytest

from mailhelper_core.errors import ServerError
from mailhelper_core.testing import Fault
from mailhelper_core.testing.imap.answer_actions import Apart
from mailhelper_core.testing.imap.fault_actions import Action
from mailhelper_core.testing.protocol.responses import Close, Done, Fetched, Response
from tests.contract.sync.conftest import assert_converged
from tests.contract.sync.servers import ServerWorld
from tests.unit.sync.world import fill


@dataclass(frozen=True, slots=True)
class EndsBeforeFlags(Action):
    """Tell all of a message but its FLAGS, each in a response of its own, and end."""

    end: Response

    def rewrite(self, response: Response, index: int, tag: str) -> Iterable[Response]:
        parts = Apart().rewrite(response, index, tag)
        if not isinstance(response, Fetched):
            return parts
        return (*(part for part in parts if isinstance(part, Fetched) and b"FLAGS" not in dict(part.items)), self.end)


@pytest.mark.parametrize("end", [Done("NO", "Busy"), Close()], ids=["refused", "broken"])
def test_no_message_is_stored_without_the_flags_that_were_about_to_come(world: ServerWorld, end: Response) -> None:
    world.inbox.add_flags(fill(world.inbox, range(1)), ["\\Seen", "\\Flagged"])
    world.server.faults.add(Fault("UID FETCH", EndsBeforeFlags(end), having="HEADER.FIELDS"))

    with suppress(ServerError):
        assert len(world.sync().errors) == 1
    assert not world.placed()
    world.later()
    report = world.sync()

    assert (report.new, report.errors) == (1, ())
    assert_converged(world)
