"""SQLAlchemy's types that are handed through; the layers above name them from here."""

from __future__ import annotations

from sqlalchemy import Connection as Connection
from sqlalchemy import Engine as Engine
from sqlalchemy import Table as Table
