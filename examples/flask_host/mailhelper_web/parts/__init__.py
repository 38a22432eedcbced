"""What stands on a page and is more than a value: forms, cards, rows, progress."""
