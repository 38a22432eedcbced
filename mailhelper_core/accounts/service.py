"""AccountService: add, list, update, check and remove the owner's accounts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from time import perf_counter

from mailhelper_core.accounts import removal
from mailhelper_core.accounts.discover import ServerGuess, discover
from mailhelper_core.accounts.mailboxes import not_synced
from mailhelper_core.accounts.sources import RegistrySources, endpoint_of, find_source
from mailhelper_core.accounts.tokens import OPTION, find_provider
from mailhelper_core.errors import ConfigError, ConflictError, InvalidError, MailHelperError, ServerError
from mailhelper_core.model.door import guarded
from mailhelper_core.model.extension import SourceType
from mailhelper_core.model.mail.message import Mailbox
from mailhelper_core.model.source.account import Account, AccountCheck, AccountPolicy, Endpoint, advice_for, state_after
from mailhelper_core.model.source.held import HeldMailbox
from mailhelper_core.model.source.policy import check_policy
from mailhelper_core.model.source.remote import MailSession
from mailhelper_core.server.url import is_same_login, parse_url
from mailhelper_core.store.keyring import Keyring
from mailhelper_core.store.mail import accounts, mailboxes
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork

# Without blanks: they part the addresses where they are stored.
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")


@guarded
@dataclass(frozen=True, slots=True)
class AccountService:
    """The accounts of one owner."""

    owner: OwnerStore
    sources: RegistrySources
    keyring: Keyring
    schemes: tuple[str, ...] | None = None

    def add(
        self,
        url: str,
        *,
        username: str = "",
        password: str = "",
        name: str = "",
        policy: AccountPolicy | None = None,
        options: Mapping[str, str] | None = None,
        addresses: frozenset[str] | None = None,
        tokens: str = "",
    ) -> Account:
        """Add an account; nothing connects yet (see `check`).

        addresses are the owner's own at this account; by default the user name where it is one. tokens names the
        token provider of an account that logs in with OAuth; the password is then what the provider is given.
        Raises InvalidError for a URL or policy that cannot work and what is no address, ConflictError for a login that
        is there already, ConfigError without a key for the password.
        """
        chosen, policy = self._options(options, tokens), policy or AccountPolicy()
        check_policy(policy)
        endpoint = self._endpoint(url, username, chosen)
        own = _read_addresses(addresses or ()) or _own_addresses(username)
        # First all that can fail: a number that was drawn for a row that cannot be added would be gone.
        with self.owner.read() as uow:
            self._require_new(uow, endpoint)
        sealer = self.keyring.sealer() if password else None
        with self.owner.begin() as uow:
            uow.lock_owner()  # two that add at once would both find it new
            self._require_new(uow, endpoint)
            account_id = accounts.add(
                uow, url, name=name.strip() or username or endpoint.path, username=username,
                options=chosen, policy=policy, addresses=own,
            )  # fmt: skip
            if sealer is not None:
                accounts.set_secret(uow, account_id, password, sealer)
            return accounts.get(uow, self.owner.owner, account_id)

    def try_out(
        self,
        url: str,
        *,
        username: str = "",
        password: str = "",
        policy: AccountPolicy | None = None,
        options: Mapping[str, str] | None = None,
        tokens: str = "",
    ) -> AccountCheck:
        """Connect, log in and look around as `check` does, before there is an account: nothing is stored.

        Failures are answered with advice. Raises InvalidError and ConflictError as `add`.
        """
        chosen, policy = self._options(options, tokens), policy or AccountPolicy()
        check_policy(policy)
        endpoint = self._endpoint(url, username, chosen)
        with self.owner.read() as uow:
            self._require_new(uow, endpoint)
        started = perf_counter()
        try:
            session = self.sources.try_out(url, username, password, chosen, self.owner.owner)
        except MailHelperError as exc:
            return _failed(exc, started)
        with closing(session):
            try:
                return _looked_around(session, started, policy, ())
            except MailHelperError as exc:
                return _failed(exc, started)

    def discover(self, address: str) -> tuple[ServerGuess, ...]:
        """Answer servers to try for a mail address, the likeliest first; nothing connects. Raises InvalidError."""
        return discover(address)

    def list(self) -> tuple[Account, ...]:
        """Answer the owner's accounts, oldest first."""
        with self.owner.read() as uow:
            return tuple(accounts.every(uow, self.owner.owner))

    def get(self, account_id: int) -> Account:
        """Answer one account; raise NotFoundError."""
        with self.owner.read() as uow:
            return accounts.get(uow, self.owner.owner, account_id)

    def update(
        self,
        account_id: int,
        *,
        name: str | None = None,
        password: str | None = None,
        policy: AccountPolicy | None = None,
        paused: bool | None = None,
        addresses: frozenset[str] | None = None,
    ) -> Account:
        """Change an account; a new password lets a refused account try again at once (`check` tries it before).

        addresses are all that are the owner's own from now on: `me` in queries. A blank name leaves the one there is.
        Raises InvalidError for what is no address, and for a policy that cannot work.
        """
        values: dict[str, object] = {}
        if addresses is not None:
            values["addresses"] = accounts.addresses_text(_read_addresses(addresses))
        if name and not name.isspace():
            values["name"] = name.strip()
        if policy is not None:
            check_policy(policy)
            values["policy"] = accounts.policy_json(policy)
        with self.owner.begin() as uow:
            if values:
                accounts.change(uow, account_id, **values)
            if policy is not None:
                accounts.plan_poll(uow, account_id, policy)
            if paused is not None:
                accounts.pause(uow, account_id, paused=paused)
            if password is not None:
                self._set_secret(uow, account_id, password)
            return accounts.get(uow, self.owner.owner, account_id)

    def check(self, account_id: int, *, password: str | None = None) -> AccountCheck:
        """Connect, log in and look around; failures are answered with advice, never raised.

        Success lets an account that was refused, throttled or away be synced again. With a password, this one is tried
        in place of the stored one, and nothing is stored: see `update`.
        """
        account = self.get(account_id)
        started = perf_counter()
        try:
            session = self.sources.open(account) if password is None else self._open_with(account, password)
        except MailHelperError as exc:
            return _failed(exc, started)
        try:
            found = _looked_around(session, started, account.policy, self._held(account))
            if password is None:
                self._lift(account)
            return found
        except MailHelperError as exc:
            return _failed(exc, started)
        finally:
            session.close()

    def _open_with(self, account: Account, password: str) -> MailSession:
        """Connect as the account would if this were its password."""
        with self.owner.read() as uow:
            options = accounts.options(uow, account.id)
        return self.sources.try_out(account.url, account.username, password, options, account.owner)

    def _held(self, account: Account) -> tuple[HeldMailbox, ...]:
        with self.owner.read() as uow:
            return tuple(mailboxes.held(uow, account.id))

    def mailboxes(self, account_id: int | None = None) -> tuple[Mailbox, ...]:
        """Answer the mailboxes as stored, of one account or of all, with message and unread counts."""
        with self.owner.read() as uow:
            if account_id is not None:
                accounts.get(uow, self.owner.owner, account_id)
            return tuple(mailboxes.listing(uow, account_id))

    def remove(self, account_id: int) -> None:
        """Delete an account and everything that came from it; nothing changes on the server."""
        removal.remove(self.owner, account_id)

    def _lift(self, account: Account) -> None:
        """Let an account that could not be used be synced again, now that it can."""
        if account.state not in ("ok", "paused"):
            with self.owner.begin() as uow:
                accounts.lift(uow, account.id)

    def _source(self, scheme: str) -> SourceType:
        """Answer what opens a scheme; raise InvalidError when nothing does, or when the host allows none of these."""
        if self.schemes is not None and scheme not in self.schemes:
            problem = f"{scheme}:// accounts are switched off here; allowed are {', '.join(self.schemes)}."
            raise InvalidError(problem, code="scheme")
        try:
            return find_source(self.sources.registry, scheme).provider
        except ConfigError as exc:
            raise InvalidError(str(exc), code=exc.code) from exc

    def _options(self, options: Mapping[str, str] | None, tokens: str) -> dict[str, str]:
        """Answer the options with the name of the token provider; raise InvalidError for one that there is not."""
        chosen = dict(options or {}) | ({OPTION: tokens} if tokens else {})
        try:
            if OPTION in chosen:
                find_provider(self.sources.registry.tokens, chosen[OPTION])
        except ConfigError as exc:
            raise InvalidError(str(exc), code=exc.code) from exc
        return chosen

    def _endpoint(self, url: str, username: str, options: dict[str, str]) -> Endpoint:
        endpoint = parse_url(url, username=username, options=options)
        if self._source(endpoint.scheme).needs_secret and not username:
            raise InvalidError(f"{endpoint.scheme}:// accounts need a username.", code="username")
        return endpoint

    def _require_new(self, uow: UnitOfWork, endpoint: Endpoint) -> None:
        """Raise ConflictError when the owner has this login: all its mail would be there twice."""
        for one in accounts.every(uow, self.owner.owner):
            if is_same_login(endpoint_of(one.url, one.username, "", accounts.options(uow, one.id)), endpoint):
                raise ConflictError(f"This login is account {one.id} already.", code="account_exists")

    def _set_secret(self, uow: UnitOfWork, account_id: int, password: str) -> None:
        accounts.set_secret(uow, account_id, password, self.keyring.sealer())


def _read_addresses(given: Iterable[str]) -> frozenset[str]:
    """Answer addresses as they are stored; raise InvalidError for what is none, without saying it."""
    addresses = frozenset(one.strip().lower() for one in given)
    if not all(_ADDRESS.fullmatch(one) for one in addresses):
        raise InvalidError("An own address looks like ada@example.org.", code="address")
    return addresses


def _own_addresses(username: str) -> frozenset[str]:
    return frozenset({username.lower()}) if _ADDRESS.fullmatch(username) else frozenset()


def _looked_around(
    session: MailSession, started: float, policy: AccountPolicy, held: Sequence[HeldMailbox]
) -> AccountCheck:
    found = session.mailboxes()
    latency_ms = _milliseconds(started)
    if not (found or session.info.unreadable):
        raise ServerError("the server lists no mailbox at all", code="no_mailboxes")
    return AccountCheck(
        ok=True,
        latency_ms=latency_ms,
        capabilities=tuple(sorted(session.info.capabilities)),
        mailboxes=len(found),
        roles=tuple((box.role, box.name) for box in found if box.role),
        not_synced=not_synced(session, found, policy, held),
        refused=tuple(sorted(session.info.refused)),
    )


def _failed(exc: MailHelperError, started: float) -> AccountCheck:
    state = state_after(exc)
    at_server = "login" if state == "needs_auth" else "unreachable"
    advice = advice_for(exc.code) or advice_for(at_server if isinstance(exc, ServerError) else "setting")
    return AccountCheck(
        ok=False, latency_ms=_milliseconds(started), code=exc.code, state=state, message=str(exc), advice=advice
    )


def _milliseconds(started: float) -> float:
    return round((perf_counter() - started) * 1000, 1)
