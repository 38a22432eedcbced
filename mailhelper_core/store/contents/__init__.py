"""Where raw messages lie when not in the database: the directory store, and the guard around any store."""
