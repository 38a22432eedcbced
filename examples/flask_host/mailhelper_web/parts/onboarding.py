"""The first minutes of an account: the server that answers, and three rules with what they would do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mailhelper_core import Account, AccountCheck, InvalidError, OwnerServices, Plan, Rule
from mailhelper_web.safety.hosts import require_public
from mailhelper_web.words.findings import ready_help, ready_title, suggestion_words

SECURITIES = {"tls": "imaps", "starttls": "imap", "none": "imap"}
_PORTS = {"tls": 993, "starttls": 143, "none": 143}
# Guesses that are tried before the owner is asked; each costs a connection.
MAX_TRIES = 3
# A new owner is shown so many rules: enough to choose from, few enough to read.
OFFERS = 3
# The newest so many hits of a rule are planned; the count says how many there are.
PLANNED = 30
COUNT_AT_MOST = 1_000


@dataclass(frozen=True, slots=True)
class Login:
    """What the form of a new account says; `urls` are the servers to try, the likeliest first."""

    address: str
    username: str
    password: str = field(repr=False)
    urls: tuple[str, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offer:
    """A rule that a new owner may take: what it is for, how much mail it finds, and what it would do."""

    name: str
    title: str
    help: str
    rule: Rule
    count: int
    plan: Plan
    subjects: Mapping[int, str]  # of the messages that are planned


def read_login(form: Mapping[str, str], ada: OwnerServices) -> Login:
    """Answer what the form says, with guesses for the server where it names none."""
    address = form.get("address", "").strip()
    host, security = form.get("host", "").strip(), form.get("security", "tls")
    if host and security in SECURITIES:
        urls: tuple[str, ...] = (f"{SECURITIES[security]}://{host}:{form.get('port') or _PORTS[security]}",)
    else:
        urls = _guesses(ada, address)
    username = form.get("username", "").strip() or address
    options = {"security": "none"} if host and security == "none" else {}
    return Login(address, username, form.get("password", ""), urls, options)


def connect(ada: OwnerServices, login: Login, *, allow_private: bool) -> tuple[Account | None, AccountCheck]:
    """Add the account at the first server that lets the owner in; answer no account and the most telling refusal."""
    refusals: list[AccountCheck | InvalidError] = []
    for url in login.urls:
        try:
            require_public(url, allow_private=allow_private)
        except InvalidError as error:
            refusals.append(error)
            continue
        account, check = _try(ada, login, url)
        if account is not None:
            return account, check
        refusals.append(check)
        if check.state == "needs_auth":
            break  # the right server, and another guess would show the password to a wrong one
    return None, _most_telling(refusals)


def offers(ada: OwnerServices) -> tuple[Offer, ...]:
    """Answer up to three rules, those that find something first; owners' own habits before ready-made ones."""
    taken = {rule.name for rule in ada.rules.list()}
    wanted = [(one.rule.name, one.rule.name, suggestion_words(one), one.rule) for one in ada.rules.suggest()]
    wanted += [(one.name, ready_title(one), ready_help(one), one.rule) for one in ada.rules.ready_made()]
    found = [_offer(ada, *one) for one in wanted if one[0] not in taken and one[3].name not in taken]
    return tuple(sorted(found, key=lambda offer: offer.count == 0)[:OFFERS])


def _guesses(ada: OwnerServices, address: str) -> tuple[str, ...]:
    try:
        return tuple(guess.url for guess in ada.accounts.discover(address)[:MAX_TRIES])
    except InvalidError as exc:
        raise InvalidError(code="no_guess") from exc


def _try(ada: OwnerServices, login: Login, url: str) -> tuple[Account | None, AccountCheck]:
    check = ada.accounts.try_out(url, username=login.username, password=login.password, options=login.options)
    if not check.ok:
        return None, check
    addresses = frozenset({login.address}) if "@" in login.address else None
    account = ada.accounts.add(
        url,
        username=login.username,
        password=login.password,
        name=login.address,
        options=login.options,
        addresses=addresses,
    )
    return account, check


def _most_telling(refusals: Sequence[AccountCheck | InvalidError]) -> AccountCheck:
    """Answer the refusal of a server that was there, else the first one; raise where no server may be asked."""
    checks = [one for one in refusals if isinstance(one, AccountCheck)]
    for error in refusals:
        if isinstance(error, InvalidError) and not checks:
            raise error
    return next((one for one in checks if one.state == "needs_auth"), checks[0])


def _offer(ada: OwnerServices, name: str, title: str, help_: str, rule: Rule) -> Offer:
    found = ada.search(rule.when, limit=PLANNED)
    chosen = " OR ".join(f"id:{message.id}" for message in found)
    plan = ada.rules.plan(chosen, only=rule) if chosen else Plan((), 0)
    subjects = {message.id: message.subject for message in found}
    return Offer(name, title, help_, rule, ada.count(rule.when, at_most=COUNT_AT_MOST), plan, subjects)
