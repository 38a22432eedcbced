"""The Alembic environment that travels inside the wheel."""
