"""EgressService: what owners say and see of the gate: consent, preview, ledger, budget."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mailhelper_core.egress.calls import KIND
from mailhelper_core.egress.gate import EgressGate
from mailhelper_core.egress.numbers import require_extra
from mailhelper_core.egress.outgoing import Outgoing, letter
from mailhelper_core.egress.thread import embedded_before, message_in_thread
from mailhelper_core.errors import InvalidError, ProviderError
from mailhelper_core.model.ai.egress import LEVELS, Budget, Consent, EgressPreview, LedgerEntry, Level, Redaction
from mailhelper_core.model.ai.provider import PURPOSES, ModelInfo, Purpose
from mailhelper_core.model.ai.reply import Tone
from mailhelper_core.model.door import guarded
from mailhelper_core.model.extension import Registry
from mailhelper_core.model.mind.opinion import is_open
from mailhelper_core.model.work.report import Page
from mailhelper_core.store.egress import consents, ledger
from mailhelper_core.store.egress.ledger import Call
from mailhelper_core.store.mail import accounts
from mailhelper_core.store.mind import opinions
from mailhelper_core.store.search import vectors
from mailhelper_core.store.unit_of_work import OwnerStore
from mailhelper_core.store.work import pending

MAX_LIMIT = 1_000
# Rows of one transaction: about 10 ms of SQLite's write lock.
REQUEUE_MESSAGES = 2_000
# The newest of an account that a consent lets be asked about: what its owner looks at, not years of mail at a price.
ASKED_MESSAGES = 500


@guarded
@dataclass(frozen=True, slots=True)
class EgressService:
    """What may leave, what would leave, and what has left, of one owner."""

    owner: OwnerStore
    registry: Registry
    gate: EgressGate
    ask: Callable[[int, Purpose, bool, Tone, str], Outgoing]  # what a message would be asked

    def consent(self, account_id: int, purpose: Purpose, *, provider: str, level: Level = "pseudonyms") -> Consent:
        """Let mail of an account leave to a provider for one purpose; it replaces what was said before.

        What providers said of the account's mail counts as long as the consent to `classify` names them: mail of
        which that changes waits to be processed again. Of the newest 500 of its messages those that are still open
        wait to be asked about; older ones are asked about after `ada.reprocess`. With the consent to `embed` all mail
        of the account that has no vector waits for one, if this provider makes them.

        Raises NotFoundError, InvalidError for an unknown purpose, provider or level, ConfigError when `pseudonyms`
        needs an extra that is not installed.
        """
        with self.owner.read() as uow:
            accounts.get(uow, self.owner.owner, account_id)
        if purpose not in PURPOSES or level not in LEVELS:
            raise InvalidError(f"A purpose is one of {', '.join(PURPOSES)}, a level one of {', '.join(LEVELS)}.")
        if provider not in self.registry.providers:
            known = ", ".join(sorted(self.registry.providers)) or "none"
            raise InvalidError(f"There is no provider {provider!r} here; there is {known}.", code="no_provider")
        if level != "none":
            require_extra()
        with self.owner.begin() as uow:
            uow.lock_owner()  # who strikes mail off that may not leave has done so before, or knows better
            before = consents.find(uow, account_id, purpose)
            given = consents.give(uow, account_id, purpose, provider=provider, level=level)
        if before is None or before.provider != provider:
            self._weigh_anew(account_id, purpose, provider, before)
            if purpose == "classify":
                self._ask_about_newest(account_id, provider)
        if purpose == "embed":
            self._catch_up(account_id, provider)
        return given

    def withdraw(self, account_id: int, purpose: Purpose) -> bool:
        """Take a consent back at once; answer whether there was one. Raises NotFoundError.

        What the provider said of the account's mail counts no more: that mail waits to be processed again.
        """
        with self.owner.begin() as uow:
            accounts.get(uow, self.owner.owner, account_id)
            before = consents.find(uow, account_id, purpose)
            consents.withdraw(uow, account_id, purpose)
        self._weigh_anew(account_id, purpose, "", before)
        return before is not None

    def consents(self) -> tuple[Consent, ...]:
        """Answer what the owner has allowed."""
        with self.owner.read() as uow:
            return consents.every(uow)

    def preview(
        self,
        message_id: int,
        purpose: Purpose,
        *,
        strong: bool = False,
        tone: Tone = "friendly",
        language: str = "",
    ) -> EgressPreview:
        """Answer exactly what would be sent about a message; nothing is sent, and no pseudonym is kept.

        tone and language are those of a `reply`, as `ada.replies.draft` takes them. Raises NotFoundError, InvalidError
        for an unknown one, ConsentError without a consent, ProviderError where a recognizer fails.
        """
        if purpose not in PURPOSES:
            raise InvalidError(f"A purpose is one of {', '.join(PURPOSES)}.")
        if purpose == "embed":
            message, _ = message_in_thread(self.owner, message_id)
            consent = self.gate.consent(message.account_id, purpose)
            before = embedded_before(self.owner, message, consent.provider) if consent else []
            earlier = [letter(one) for one in before]
            asked = self.gate.prepare_vectors(message.account_id, [letter(message)], before=earlier, keeps=False)
            return self._shown(asked.call, "", asked.request.texts[0])
        prepared = self.gate.prepare(self.ask(message_id, purpose, strong, tone, language), keeps=False)
        return self._shown(prepared.call(prepared.request), prepared.request.instructions, prepared.request.text)

    def ledger(self, *, after: str | None = None, limit: int = 50) -> Page[LedgerEntry]:
        """Answer the calls that were made, newest first."""
        if not 1 <= limit <= MAX_LIMIT:
            raise InvalidError(f"A page has 1 to {MAX_LIMIT} entries.", code="limit")
        with self.owner.read() as uow:
            return ledger.page(uow, after=after, limit=limit)

    def budget(self, *, tokens: int | None = None, cost: int | None = None) -> Budget:
        """Answer the month's budget; `tokens` and `cost` (millionths of the currency) set its limits first."""
        if any(value is not None and value < 0 for value in (tokens, cost)):
            raise InvalidError("A budget is 0 or more.", code="budget_limit")
        if tokens is None and cost is None:
            with self.owner.read() as uow:
                return ledger.budget(uow)
        with self.owner.begin() as uow:
            ledger.set_limits(uow, tokens=tokens, cost=cost)
            return ledger.budget(uow)

    def providers(self) -> tuple[str, ...]:
        """Answer the names of the providers that there are."""
        return tuple(sorted(self.registry.providers))

    def models(self, provider: str) -> tuple[ModelInfo, ...]:
        """Ask a provider which models it offers; no mail leaves.

        Raises InvalidError, ProviderError, PluginError where a plugin's provider fails.
        """
        provided = self.registry.providers.get(provider)
        if provided is None or provided.provider.models is None:
            raise InvalidError(f"There is no provider {provider!r} that lists its models.", code="no_provider")
        dispatcher, plugin = self.gate.dispatcher, provided.plugin
        found: object = dispatcher.call(plugin, provider, provided.provider.models, kind=KIND, passes=(ProviderError,))
        if not isinstance(found, list | tuple) or not all(isinstance(one, ModelInfo) for one in found):
            raise dispatcher.reject(plugin, provider, "answered no list of ModelInfo", kind=KIND)
        return tuple(found)

    def _weigh_anew(self, account_id: int, purpose: Purpose, provider: str, before: Consent | None) -> None:
        """Let mail wait of which providers have said something that counts no more, or counts again."""
        if purpose != "classify":
            return
        for name in filter(None, (provider, before.provider if before else "")):
            after = 0
            while ids := self._requeue(account_id, name, after):
                after = ids[-1]

    def _requeue(self, account_id: int, provider: str, after: int) -> list[int]:
        with self.owner.read() as uow:  # it may look through all that was said of the account
            ids = opinions.said_by_provider(uow, account_id, provider, after=after, limit=REQUEUE_MESSAGES)
        if ids:
            with self.owner.begin() as uow:
                there = opinions.hold(uow, ids)  # one may be erased since
                pending.add(uow, "process", account_id, there)
        return ids

    def _ask_about_newest(self, account_id: int, provider: str) -> None:
        with self.owner.read() as uow:
            found = opinions.unasked(uow, account_id, provider, limit=ASKED_MESSAGES)
        with self.owner.begin() as uow:
            there = opinions.hold(uow, [id_ for id_, verdict in found.items() if is_open(verdict)])
            pending.add(uow, "consult", account_id, there)

    def _catch_up(self, account_id: int, provider: str) -> None:
        """Let mail wait that has no vector, if this provider makes them."""
        after = 0
        while True:
            with self.owner.read() as uow:
                newest = vectors.newest(uow)
                if newest is None or newest.provider != provider:
                    return
                ids = vectors.forgotten(uow, newest.id, account_id, after=after, limit=REQUEUE_MESSAGES)
            if not ids:
                return
            with self.owner.begin() as uow:
                pending.add(uow, "embed", account_id, opinions.hold(uow, ids))  # one may be erased since
            after = ids[-1]

    def _shown(self, call: Call, instructions: str, text: str) -> EgressPreview:
        with self.owner.read() as uow:
            fits = ledger.fits(ledger.budget(uow), call)
        return EgressPreview(
            call.provider, call.model, call.level, instructions, text, call.digest,
            tuple(Redaction(kind, count) for kind, count in sorted(call.redactions.items())),
            call.tokens_in + call.tokens_out, call.cost, "" if fits else "budget",
        )  # fmt: skip
