"""Search: pages of messages that meet criteria, their snippets, and the index behind it."""
