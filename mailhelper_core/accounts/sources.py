"""RegistrySources: find the source type of an account's URL, unseal its secret, connect."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mailhelper_core.accounts.foreign import Caller, foreign_session
from mailhelper_core.accounts.tokens import OPTION, TokenDesk, find_provider
from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.errors import ConfigError, LoginError
from mailhelper_core.model.extension import Provided, Registry, SourceType
from mailhelper_core.model.source.account import Account, Endpoint
from mailhelper_core.model.source.remote import MailSession
from mailhelper_core.server.url import parse_url
from mailhelper_core.store.keyring import Keyring
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.unit_of_work import Store


@dataclass(frozen=True, slots=True)
class RegistrySources:
    """Opens sessions through the registered source types."""

    store: Store
    registry: Registry
    keyring: Keyring
    timeout_seconds: float
    public_only: bool = False
    desk: TokenDesk = field(default_factory=TokenDesk)
    dispatcher: Dispatcher = field(default_factory=Dispatcher)

    def open(self, account: Account) -> MailSession:
        """Connect and log in. Raises ServerError, LoginError, ThrottledError, ConfigError or PluginError."""
        if account.state_code == "imported":
            # A login without its password would only count as a failed one at the server.
            raise LoginError("The password of this account was not in the archive.", code="imported")
        owner = self.store.for_owner(account.owner)
        with owner.read() as uow:
            secret, options = accounts.log_in_with(uow, account.id, self.keyring.sealer)
        options = {"timeout": str(self.timeout_seconds)} | options
        return self.log_in(endpoint_of(account.url, account.username, secret, options), account.owner)

    def try_out(self, url: str, username: str, secret: str, options: Mapping[str, str], owner: str) -> MailSession:
        """Connect and log in as `open`, to what is not stored."""
        wanted = {"timeout": str(self.timeout_seconds), **options}
        return self.log_in(endpoint_of(url, username, secret, wanted), owner)

    def log_in(self, endpoint: Endpoint, owner: str) -> MailSession:
        """Connect with the endpoint's secret, or with a token where its options name who gives them."""
        name = dict(endpoint.options).get(OPTION)
        if name is None:
            return self.connect(endpoint)
        provided = find_provider(self.registry.tokens, name)
        return self.desk.connect(endpoint, provided, self.connect, owner=owner)

    def connect(self, endpoint: Endpoint) -> MailSession:
        """Connect to an endpoint that is not stored yet."""
        source = find_source(self.registry, endpoint.scheme)
        if self.public_only:  # last, so that no option of the account stands against it
            endpoint = replace(endpoint, options=(*endpoint.options, ("addresses", "public")))
        if source.built_in:
            return source.provider.connect(endpoint)
        caller = Caller(self.dispatcher, source.plugin, source.provider.name)
        return caller.connect(lambda: foreign_session(source.provider.connect(endpoint), caller))


def find_source(registry: Registry, scheme: str) -> Provided[SourceType]:
    """Answer the source type of a URL scheme; raise ConfigError that names those there are."""
    source = registry.source(scheme)
    if source is None:
        known = sorted(scheme for one in registry.sources.values() for scheme in one.provider.schemes)
        raise ConfigError(f"No source opens {scheme}:// URLs; known are {', '.join(known)}.", code="scheme")
    return source


def endpoint_of(url: str, username: str, secret: str, options: dict[str, str]) -> Endpoint:
    """Answer the endpoint of a stored account."""
    return parse_url(url, username=username, secret=secret, options=options)
