"""What is quick to make is otherwise as `dataclass` made it."""

from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError, dataclass, replace
from inspect import signature

import pytest

from mailhelper_core.model.quick import quick_to_make


@dataclass(frozen=True, slots=True)
class Plain:
    """Two fields."""

    name: str
    number: int = 3


@quick_to_make
@dataclass(frozen=True, slots=True)
class Quick:
    """Two fields."""

    name: str
    number: int = 3


@quick_to_make
@dataclass(frozen=True, slots=True)
class More(Quick):
    """One more."""

    items: tuple[str, ...] = ()


def test_fields_are_set_by_place_by_name_and_by_default():
    assert Quick("a") == Quick(name="a", number=3) == replace(Quick("b", 3), name="a")
    assert More("a", 1, ("x",)) == More(items=("x",), number=1, name="a") != More("a", 1)


def test_nothing_else_tells_it_from_a_plain_one():
    assert signature(Quick) == signature(Plain)
    assert repr(Quick("a")) == repr(Plain("a")).replace("Plain", "Quick")
    assert hash(Quick("a")) == hash(Plain("a"))
    assert pickle.loads(pickle.dumps(More("a"))) == More("a")
    assert not hasattr(More("a"), "__dict__")


def test_it_stays_as_it_was_made():
    with pytest.raises(FrozenInstanceError):
        More("a").name = "b"


def test_a_missing_or_unknown_field_is_named():
    with pytest.raises(TypeError, match=r"Quick\.__init__\(\) missing 1 required positional argument: 'name'"):
        Quick()
    with pytest.raises(TypeError, match="unexpected keyword argument 'other'"):
        Quick("a", other=1)
