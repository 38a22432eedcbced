"""The OAuth access tokens that the server takes."""

from __future__ import annotations

from collections.abc import Mapping


class TokenBook:
    """One good access token for each user; tests replace it to let the old one expire."""

    def __init__(self, tokens: Mapping[str, str]) -> None:
        self._tokens = dict(tokens)

    def __call__(self, user: str, token: str) -> bool:
        """Say whether this token opens the user's mail."""
        return bool(token) and self._tokens.get(user) == token

    def replace(self, user: str, token: str) -> None:
        """Take only this token from now on; an empty one means none."""
        self._tokens[user] = token
