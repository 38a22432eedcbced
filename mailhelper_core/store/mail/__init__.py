"""Mail as it was synced: accounts, mailboxes, messages, their places, threads and raw bytes."""
