"""An in-memory mail store: users, mailboxes, messages with uids, flags and mod-sequences. It knows no wire."""
