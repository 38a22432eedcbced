"""Accounts: add, check and remove logins, and open sessions for them."""
