"""Mailboxes that look like real ones, made from a seed, with the truth about every mail."""
