"""What the doors let in and what they name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from timeit import timeit
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailhelper_core.errors import InvalidError
from mailhelper_core.model.door import checked, guarded
from mailhelper_core.model.mail.message import Address


@checked
def asked(
    number: int = 0,
    *,
    text: str | None = None,
    ids: Iterable[int] = (),
    names: Sequence[str] = (),
    by: Mapping[str, str] | None = None,
    share: float = 0.0,
    at: datetime | None = None,
    path: str | Path = "",
    tell: Callable[[int], None] | None = None,
    who: Address | None = None,
    mode: Literal["a", "b"] = "a",
    switch: bool = False,
    other: Any = None,
) -> str:
    """Answer that it was asked."""
    return "asked"


RIGHT: dict[str, list[object]] = {
    "number": [0, -1, 2**70],
    "text": ["", "a", None],
    "ids": [(), [1], {1, 2}, frozenset({3}), range(3), {1: "a"}.keys(), (one for one in [1])],
    "names": [(), ["a"], ("a", "b")],
    "by": [{}, {"a": "b"}, None],
    "share": [0.5, 1],
    "at": [datetime.now(UTC), None],
    "path": ["a", Path("a")],
    "tell": [print, None],
    "who": [Address("", ""), None],
    "mode": ["a", "never"],
    "switch": [True, 1, "yes"],
    "other": [object()],
}
WRONG: dict[str, list[object]] = {
    "number": ["1", None, 1.5, True, [1]],
    "text": [1, b"a", ["a"]],
    "ids": [1, "12", b"12", None, ["1"], [None], [True], {1, "2"}],
    "names": ["abc", 5, {"a": 1}, [1], None],
    "by": [["a"], "a"],
    "share": ["0.5", None],
    "at": ["2026-01-01", 5],
    "path": [5, None],
    "tell": ["print"],
    "who": ["ada@x.example"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in RIGHT.items() for value in values])
def test_what_fits_gets_in(name: str, value: object) -> None:
    assert asked(**{name: value}) == "asked"  # type: ignore[arg-type]


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_what_does_not_fit_is_named(name: str, value: object) -> None:
    with pytest.raises(InvalidError) as caught:
        asked(**{name: value})  # type: ignore[arg-type]

    came = "None" if value is None else type(value).__name__
    assert str(caught.value).startswith(f"asked: {name!r} takes ")
    assert str(caught.value).endswith(f", not {came}.")


@given(st.text(min_size=8))
def test_no_message_quotes_a_value(secret: str) -> None:
    with pytest.raises(InvalidError) as caught:
        asked(secret)  # type: ignore[arg-type]

    assert str(caught.value) == "asked: 'number' takes an int, not str."


def test_methods_of_a_class_are_guarded_and_stay_what_they_are() -> None:
    class Service:
        """A service."""

        def take(self, number: int) -> int:
            """Take a number."""
            return number

        def _private(self, number: int) -> int:
            return number

        @property
        def length(self) -> int:
            return 1

        def steps(self) -> Iterator[int]:
            yield 1

    guarded(Service)
    one = Service()

    assert (one.take(1), one.take(number=2), one.length, list(one.steps())) == (1, 2, 1, [1])
    assert (Service.take.__doc__, Service.take.__name__) == ("Take a number.", "take")
    assert one._private("x") == "x"  # type: ignore[arg-type, comparison-overlap]
    for call in (lambda: one.take("1"), lambda: one.take(number=None)):  # type: ignore[arg-type]
        with pytest.raises(InvalidError, match="take: 'number' takes an int"):
            call()
    with pytest.raises(TypeError):
        one.take()  # type: ignore[call-arg]


def test_a_door_costs_microseconds() -> None:
    plain = timeit(lambda: asked.__wrapped__(1, text="a", ids=(1, 2)), number=20_000)  # type: ignore[attr-defined]
    guarded_ = timeit(lambda: asked(1, text="a", ids=(1, 2)), number=20_000)

    assert (guarded_ - plain) / 20_000 < 50e-6
