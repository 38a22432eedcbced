"""Column types and the metadata that all tables share: ids, UTC microseconds, cleaned text."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.types import TypeEngine

from mailhelper_core.model.mail.text import clean_text

PREFIX = "mailhelper_"

# Fixed names, so that migrations can drop what they made, on both databases.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

# SQLite makes only an INTEGER primary key an alias of the rowid.
BigInt = BigInteger().with_variant(Integer(), "sqlite")
Micros = BigInteger()
Bytes = LargeBinary()


class CleanText(TypeDecorator[str]):
    """Text of any length that both databases accept: no NUL, no lone surrogates."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Clean on the way in."""
        return None if value is None else clean_text(value)


class Key(TypeDecorator[str]):
    """Text that is compared and sorted by its code points on both databases."""

    impl = String
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[str]:
        """Ask PostgreSQL for the collation that SQLite has by nature."""
        return dialect.type_descriptor(String(collation="C") if dialect.name == "postgresql" else String())

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Clean on the way in."""
        return None if value is None else clean_text(value)


def id_column() -> Column[int]:
    """Make the primary key: an int that is never reused."""
    return Column("id", BigInt, primary_key=True, autoincrement=True)


def ref(name: str, table: str, *, nullable: bool = False, cascades: bool = False) -> Column[int]:
    """Make a reference to another table's id; deletes are written out, and nothing cascades unless told so.

    A table that programs of the release before do not know cascades: they delete its parents, and not its rows.
    """
    return Column(
        name, BigInt, ForeignKey(f"{PREFIX}{table}.id", ondelete="CASCADE" if cascades else None), nullable=nullable
    )
