"""Log in with access tokens: ask the provider, and once more for a new one when the server refuses the first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.errors import ConfigError, LoginError, PluginError
from mailhelper_core.model.extension import Provided
from mailhelper_core.model.source.account import Endpoint
from mailhelper_core.model.source.remote import MailSession
from mailhelper_core.model.source.token import TokenProvider, TokenRequest

# The option of an account that names its token provider.
OPTION = "tokens"

Connect = Callable[[Endpoint], MailSession]


@dataclass(frozen=True, slots=True)
class TokenDesk:
    """Gets tokens for logins; thread-safe. However many of this process are refused one token, it is renewed once.

    A lease for all processes would not do more: a provider refreshes whenever its own cache is empty or old, not only
    when asked to renew, so turns between processes are for it to take.
    """

    dispatcher: Dispatcher = field(default_factory=Dispatcher)
    _locks: dict[tuple[str, str, str], threading.Lock] = field(default_factory=dict)

    def connect(
        self, endpoint: Endpoint, provided: Provided[TokenProvider], connect: Connect, *, owner: str = ""
    ) -> MailSession:
        """Connect with a token in place of the endpoint's secret, which goes to the provider.

        Raises what `connect` raises, what the provider raises of ours, and PluginError for all else.
        """
        request = TokenRequest(endpoint.username, endpoint.host, endpoint.secret, owner=owner)
        token = self._ask(provided, request)
        try:
            return connect(_with_token(endpoint, provided.provider, token))
        except LoginError:
            token = self._renewed(provided, request, refused=token)
        return connect(_with_token(endpoint, provided.provider, token))

    def _renewed(self, provided: Provided[TokenProvider], request: TokenRequest, *, refused: str) -> str:
        with self._locks.setdefault((provided.provider.name, request.owner, request.username), threading.Lock()):
            kept = self._ask(provided, request)
            return kept if kept != refused else self._ask(provided, replace(request, renew=True))

    def _ask(self, provided: Provided[TokenProvider], request: TokenRequest) -> str:
        provider = provided.provider
        token: object = self.dispatcher.call_source(
            provided.plugin, provider.name, lambda: provider.token(request), is_risky=True
        )
        if not isinstance(token, str) or not token:
            raise PluginError(f"token provider {provider.name!r} answered no token", plugin=provided.plugin)
        return token


def find_provider(providers: Mapping[str, Provided[TokenProvider]], name: str) -> Provided[TokenProvider]:
    """Answer the token provider of this name; raise ConfigError that names those there are."""
    if name not in providers:
        known = ", ".join(sorted(providers)) or "none"
        raise ConfigError(f"No plugin provides the tokens {name!r}; known are {known}.", code="tokens")
    return providers[name]


def _with_token(endpoint: Endpoint, provider: TokenProvider, token: str) -> Endpoint:
    options = dict(endpoint.options) | {"auth": provider.mechanism}
    return replace(endpoint, secret=token, options=tuple(sorted(options.items())))
