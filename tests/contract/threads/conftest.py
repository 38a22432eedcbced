"""The owners and databases of the tests of rules."""

from __future__ import annotations

from tests.contract.rules.conftest import clock, store, world

__all__ = ["clock", "store", "world"]
