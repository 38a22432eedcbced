"""Words and phrases as the two full-text engines ask for them: FTS5 on SQLite, tsquery on PostgreSQL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

TextField = Literal["any", "subject", "sender", "recipients", "body"]

# setweight's letters stand for the fields of a message.
WEIGHTS: dict[TextField, str] = {"any": "", "subject": "A", "sender": "B", "recipients": "C", "body": "D"}
# The weight behind a word, or behind the star of a beginning.
_WEIGHT = re.compile(r"(?<=')(?::[ABCD]|(:\*)[ABCD])")


@dataclass(frozen=True, slots=True)
class TextQuery:
    """A query of the search index: `exact` is right for rows that hold all positions of their words.

    PostgreSQL keeps 255 positions of a word; rows that lost some are marked as clipped. Of these `strict` finds only
    what is right, and `loose` misses nothing: a phrase is asked for as words alone. What is not to be found turns the
    two around. Where all are equal the index is exact.
    """

    exact: str
    strict: str
    loose: str

    @classmethod
    def plain(cls, query: str) -> TextQuery:
        """Answer a query that is right whatever was clipped."""
        return cls(query, query, query)


def phrase(dialect: str, field: TextField, words: Sequence[str], *, prefix: bool = False) -> TextQuery:
    """Ask for words that follow each other in one field; prefix frees the end of the last one."""
    if dialect == "sqlite":
        column = "" if field == "any" else f"{field} : "
        query = f'({column}"{" ".join(words)}"{" *" if prefix else ""})'
        return TextQuery.plain(query)
    lexemes = _lexemes(WEIGHTS[field], words, prefix=prefix)
    strict = f"({' <-> '.join(lexemes)})"
    return TextQuery(strict, strict, strict if len(lexemes) == 1 else f"({' & '.join(lexemes)})")


def all_of(dialect: str, queries: Sequence[TextQuery]) -> TextQuery:
    """Ask for all of these at once."""
    return _joined(" AND " if dialect == "sqlite" else " & ", queries)


def any_of(dialect: str, queries: Sequence[TextQuery]) -> TextQuery:
    """Ask for one of these at least."""
    return _joined(" OR " if dialect == "sqlite" else " | ", queries)


def without(dialect: str, query: TextQuery, excluded: TextQuery) -> TextQuery:
    """Ask for the one and not the other."""
    word = "NOT" if dialect == "sqlite" else "& !"
    return TextQuery(
        f"({query.exact} {word} {excluded.exact})",
        f"({query.strict} {word} {excluded.loose})",
        f"({query.loose} {word} {excluded.strict})",
    )


def widened(query: str) -> str:
    """Answer what finds all that a tsquery finds, without fields and phrases; empty where it says the same already."""
    if "!" in query:  # what is excluded would be excluded from every field
        return ""
    wide = _WEIGHT.sub(r"\1", query).replace(" <-> ", " & ")
    return "" if wide == query else wide


def _lexemes(weight: str, words: Sequence[str], *, prefix: bool) -> list[str]:
    # Words hold letters and digits alone, so a quote cannot occur.
    plain = [f"'{word}'{':' + weight if weight else ''}" for word in words]
    if prefix:
        plain[-1] = f"'{words[-1]}':*{weight}"
    return plain


def _joined(word: str, queries: Sequence[TextQuery]) -> TextQuery:
    if len(queries) == 1:
        return queries[0]
    kinds = ((q.exact for q in queries), (q.strict for q in queries), (q.loose for q in queries))
    return TextQuery(*(f"({word.join(kind)})" for kind in kinds))
