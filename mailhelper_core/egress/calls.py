"""One call of a provider between two rows of the ledger: what it may take at most, and what it took."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TypeVar

from mailhelper_core.ai.providers.shape import count_of
from mailhelper_core.dispatch import MOST_REST_SECONDS, OPEN_SECONDS, Dispatcher
from mailhelper_core.errors import ConsentError, PluginError, ProviderError
from mailhelper_core.model.ai.provider import Completion, EmbeddingAnswer, Provider
from mailhelper_core.model.extension import Provided
from mailhelper_core.model.mail.text import clean_header, clean_text
from mailhelper_core.store.egress import consents, ledger
from mailhelper_core.store.egress.ledger import Call
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork

T = TypeVar("T", Completion, EmbeddingAnswer)

# Calls for one answer: the first, and what a busy service may ask for.
MAX_CALLS = 4
KIND = "provider"
# Before a failed call is tried again when the service does not say how long to wait.
_WAIT_SECONDS = 1.0
# A token is hardly ever shorter than this in octets: what a call may take at most is reckoned with it.
_OCTETS_A_TOKEN = 2
_MILLION = 1_000_000
# A name of a model is a few words: it stands in the ledger and beside every opinion.
_MODEL_CHARACTERS = 200
# Errors that come before a service has worked; all others may have cost what was reserved.
_FREE = frozenset(("throttled", "unreachable", "tls", "login", "paused", "no_extra", "no_model", "request", "too_long"))
# Errors that the host mends, by a key, a library, a name or a certificate: the same question is answered then.
MENDED = frozenset(("login", "no_extra", "no_provider", "no_model", "tls"))


def most_tokens(octets: int) -> int:
    """Answer the most tokens that a text of this size can have."""
    return octets // _OCTETS_A_TOKEN + 1


def price(provider: Provider, tokens_in: int, tokens_out: int) -> int:
    """Answer what tokens cost, in millionths of the currency, rounded up."""
    return -(-(tokens_in * provider.price_in + tokens_out * provider.price_out) // _MILLION)


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls providers for one owner."""

    owner: OwnerStore
    dispatcher: Dispatcher
    pause: Callable[[float], None]
    timer: Callable[[], float]

    def repeatedly(
        self,
        provided: Provided[Provider],
        attempt: Callable[[float], tuple[Call, Callable[[], T]]],
        kind: type[T],
        until: float,
        *,
        most: int = MAX_CALLS,
    ) -> T:
        """Call until there is an answer; a busy service is asked again as long as the whole time and `most` allow.

        One that asks for a longer pause is left alone until that is over: by this process whoever asks, and by every
        other for the same owner.
        attempt: answers, for the seconds that are left, the ledger's row and the call itself.
        """
        plugin, name = provided.plugin, provided.provider.name
        if (rest := self._rest_of(plugin, name)) > 0:
            problem = f"{name} asked for a pause, which is not over yet."
            raise ProviderError(problem, code="throttled", transient=True, retry_after=rest)
        number = 1
        while True:
            try:
                return self.once(provided, *attempt(until - self.timer()), kind)
            except ProviderError as exc:
                wait = exc.retry_after if exc.retry_after is not None else _WAIT_SECONDS * 2 ** (number - 1)
                is_last = number >= most or self.timer() + wait >= until
                if not exc.transient or exc.code == "paused" or is_last:
                    if exc.code == "throttled" and exc.retry_after is not None:
                        self._let_rest(plugin, name, exc.retry_after)
                    raise
                self.pause(wait)
                number += 1

    def _rest_of(self, plugin: str, name: str) -> float:
        if (rest := self.dispatcher.rest_of(plugin, name)) > 0:
            return rest
        with self.owner.read() as uow:
            rest = ledger.rest_of(uow, name)
        if rest > 0:  # from now on this process knows it, and looks no more
            self.dispatcher.let_rest(plugin, name, rest)
        return rest

    def _let_rest(self, plugin: str, name: str, seconds: float) -> None:
        self.dispatcher.let_rest(plugin, name, seconds)
        with self.owner.begin() as uow:
            ledger.let_rest(uow, name, min(seconds, MOST_REST_SECONDS))

    def once(self, provided: Provided[Provider], call: Call, ask: Callable[[], T], kind: type[T]) -> T:
        """Make one call; the ledger has a row for it whatever becomes of it.

        Raises ConsentError and BudgetError before it, ProviderError after it.
        """
        with self.owner.begin() as uow:
            _require_consent(uow, call)
            call_id = ledger.open_call(uow, call)
        try:
            answer = self._dispatched(provided, ask, kind)
        except ProviderError as exc:
            spent = (0, 0) if exc.code in _FREE else (call.tokens_in, call.tokens_out)
            self._close(call_id, exc.code, call.model, spent, 0 if exc.code in _FREE else call.cost)
            raise
        told = (count_of(answer.tokens_in), count_of(getattr(answer, "tokens_out", 0)))  # vectors have no tokens
        # A service that counts no tokens is charged with the most it can have taken.
        tokens = told if any(told) else (call.tokens_in, call.tokens_out)
        self._close(call_id, ledger.ANSWERED, answer.model or call.model, tokens, price(provided.provider, *tokens))
        return answer

    def _dispatched(self, provided: Provided[Provider], ask: Callable[[], object], kind: type[T]) -> T:
        plugin, name = provided.plugin, provided.provider.name
        try:
            answer = self.dispatcher.call(plugin, name, ask, kind=KIND, passes=(ProviderError,))
        except PluginError as exc:
            wait = OPEN_SECONDS if exc.code == "paused" else None
            raise ProviderError(str(exc), code=exc.code, transient=wait is not None, retry_after=wait) from exc
        if not isinstance(answer, kind) or not _has_texts(answer):
            problem = f"answered {type(answer).__name__}, no {kind.__name__} of texts"
            error = self.dispatcher.reject(plugin, name, problem, kind=KIND)
            raise ProviderError(str(error), code="answer", transient=False) from error
        return _cleaned(answer)

    def _close(self, call_id: int, outcome: str, model: str, tokens: tuple[int, int], cost: int) -> None:
        with self.owner.begin() as uow:
            ledger.close_call(uow, call_id, outcome, model=model, tokens=tokens, cost=cost)


def _require_consent(uow: UnitOfWork, call: Call) -> None:
    """Raise ConsentError where the owner has changed their mind since the text was made: between two tries, too."""
    consent = consents.find(uow, call.account_id, call.purpose)
    if consent is None or (consent.provider, consent.level) != (call.provider, call.level):
        raise ConsentError(
            f"The consent that mail of account {call.account_id} may leave to {call.purpose} was changed."
        )


def _has_texts(answer: Completion | EmbeddingAnswer) -> bool:
    """Say whether what should be text is: a plugin's provider builds its answer itself."""
    texts: tuple[object, ...] = (answer.model, getattr(answer, "text", ""))
    return all(isinstance(text, str) for text in texts)


def _cleaned(answer: T) -> T:
    """Answer what was said without what cannot be sent again or kept: lone surrogates, NUL, a name without end."""
    model = clean_header(answer.model[:_MODEL_CHARACTERS])
    if isinstance(answer, Completion):
        return replace(answer, text=clean_text(answer.text), model=model)
    return replace(answer, model=model)
