"""SQLAlchemy's types that a host hands over; the layers above name them from here."""

from __future__ import annotations

from sqlalchemy import Connection as Connection
from sqlalchemy import Engine as Engine
