"""Conditions whose words stand in the statement itself: a partial index is found by them, and not by parameters."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Column, ColumnElement, literal_column


def is_any(column: Column[str], words: Sequence[str]) -> ColumnElement[bool]:
    """Say that a column has one of these words of the code, in this order: SQLite wants them as the index has them."""
    return column.in_([literal_column(f"'{word}'") for word in words])


def is_word(column: Column[str], word: str) -> ColumnElement[bool]:
    """Say that a column has this word of the code."""
    return column == literal_column(f"'{word}'")
