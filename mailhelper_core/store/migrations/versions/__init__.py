"""One file a schema revision; each leaves the database usable by the code before it."""
