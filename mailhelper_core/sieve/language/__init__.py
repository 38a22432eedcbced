"""The language itself: text to tree and back, and whether a script is allowed."""
