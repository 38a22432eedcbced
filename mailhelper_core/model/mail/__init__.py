"""Mail as values: messages, their text and words."""
