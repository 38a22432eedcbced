"""Sieve (RFC 5228 and extensions), pure: text to tree, tree to text, and what a script decides on a mail."""
