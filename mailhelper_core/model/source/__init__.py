"""Accounts and what their sources say."""
