"""What SQLAlchemy compiled for one engine of ours serves all of the process; a host's engine keeps to itself."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, literal, select

from mailhelper_core.store.engine import make_engine


@pytest.mark.parametrize(("make", "is_shared"), [(make_engine, True), (create_engine, False)])
def test_a_statement_is_compiled_once_for_all_engines(
    make: Callable[[str], Engine], is_shared: bool, tmp_path: Path
) -> None:
    statement, compiled = select(literal(1).label("one")), list[Any]()

    with ExitStack() as stack:
        for name in ("a", "b"):
            engine = make(f"sqlite:///{tmp_path / name}.db")
            stack.callback(engine.dispose)
            result: Any = stack.enter_context(engine.connect()).execute(statement)
            assert result.scalar() == 1
            compiled.append(result.context.compiled)

    assert (compiled[0] is compiled[1]) == is_shared
