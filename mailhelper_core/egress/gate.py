"""The gate itself: consent, pseudonyms, fences, budget, the call, the ledger; whatever is in doubt stays here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field, replace
from hashlib import sha256
from time import monotonic, sleep

from mailhelper_core.ai.answer import AnswerError, Data, is_refusal, read_answer
from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.egress.calls import MAX_CALLS, Caller, most_tokens, price
from mailhelper_core.egress.names import KnownWords
from mailhelper_core.egress.outgoing import Letter, Outgoing, mentioned
from mailhelper_core.egress.plain import Part, fenced, nonce_for, rule_of
from mailhelper_core.egress.pseudonyms import Book, Pseudonym, restored
from mailhelper_core.egress.redact import Redactor
from mailhelper_core.errors import ConsentError, ProviderError
from mailhelper_core.model.ai.egress import Consent, Level
from mailhelper_core.model.ai.provider import (
    Completion,
    CompletionRequest,
    EmbeddingAnswer,
    EmbeddingRequest,
    Provider,
    Purpose,
)
from mailhelper_core.model.extension import Provided, Registry
from mailhelper_core.model.mail.text import clean_text
from mailhelper_core.store.egress import consents, correspondents, ledger, pseudonyms
from mailhelper_core.store.egress.ledger import Call
from mailhelper_core.store.unit_of_work import OwnerStore

# The whole of one question, with waiting, trying again and one repair.
TOTAL_SECONDS = 60.0
# What a repair shows the model of its own answer.
_SHOWN_CHARACTERS = 2_000


@dataclass(frozen=True, slots=True)
class Prepared:
    """A question as it would leave, and what is needed to read the answer."""

    asked: Outgoing
    consent: Consent
    provided: Provided[Provider]
    request: CompletionRequest
    redactions: Counter[str]
    book: Book = field(repr=False)
    nonce: str  # the mark around mail

    def call(self, request: CompletionRequest) -> Call:
        """Answer the ledger's row for a request of this question."""
        sent = f"{request.instructions}\n{request.text}".encode()
        provider, tokens_in = self.provided.provider, most_tokens(len(sent))
        return Call(
            self.asked.account_id, self.asked.message_id, self.asked.purpose, provider.name, request.model,
            self.consent.level, sha256(sent).hexdigest(), len(sent), self.redactions, tokens_in, request.max_tokens,
            price(provider, tokens_in, request.max_tokens),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model said, with the values back in place of their pseudonyms."""

    data: Data = field(repr=False)
    said_by: str
    version: str


@dataclass(frozen=True, slots=True)
class PreparedVectors:
    """Texts as they would leave to become vectors."""

    provided: Provided[Provider]
    request: EmbeddingRequest
    call: Call


@dataclass(frozen=True, slots=True)
class EgressGate:
    """The only way to a provider, for one owner."""

    owner: OwnerStore
    registry: Registry
    dispatcher: Dispatcher
    pause: Callable[[float], None] = sleep
    timer: Callable[[], float] = monotonic

    def consent(self, account_id: int, purpose: Purpose) -> Consent | None:
        """Answer the consent that lets an account's mail leave for a purpose; None without it or its provider."""
        with self.owner.read() as uow:
            found = consents.find(uow, account_id, purpose)
        return found if found is not None and found.provider in self.registry.providers else None

    def prepare(self, asked: Outgoing, *, keeps: bool = True) -> Prepared:
        """Answer the question exactly as it would leave. Raises ConsentError, ProviderError; sends nothing.

        keeps: new pseudonyms stay; who only looks keeps none.
        """
        consent, provided = self._allowed(asked.account_id, asked.purpose)
        with self.owner.begin() as uow:
            secret = ledger.secret(uow)
        people = asked.people | mentioned(self._correspondents(asked.account_id, consent.level), asked.parts)
        aside = None if keeps else self._book(asked.thread_id)
        parts, counts, book = self._redacted(asked.thread_id, asked.parts, consent.level, people, aside)
        nonce, provider, prompt = nonce_for(secret, parts), provided.provider, asked.prompt
        model = (provider.strong_model if asked.strong else "") or provider.model
        instructions = f"{prompt.instructions}\n\n{rule_of(nonce, parts)}"
        request = CompletionRequest(instructions, fenced(nonce, parts), model, prompt.schema, prompt.max_tokens)
        # At the level `none` what looks like a mark was written by somebody.
        sent = Book() if consent.level == "none" else book.within(request.text)
        return Prepared(asked, consent, provided, request, counts, sent, nonce)

    def ask(self, asked: Outgoing) -> Answer:
        """Ask a model and answer its data, checked against the prompt's schema; a wrong answer may be repaired once.

        Raises ConsentError, BudgetError and ProviderError; then nothing is known, which is no opinion.
        """
        self.owner.require_own_transaction("asking a provider")
        prepared = self.prepare(asked)
        until = self.timer() + TOTAL_SECONDS
        text, model = self._complete(prepared, prepared.request, until)
        try:
            data = _read(prepared, text)
        except AnswerError as exc:
            text, model = self._complete(prepared, _repair(prepared, text, str(exc)), until)
            try:
                data = _read(prepared, text)
            except AnswerError as again:
                problem = "The model's answer is not what was asked for."
                raise ProviderError(problem, code="answer", transient=False) from again
        prompt, pace = asked.prompt, "strong" if asked.strong else "fast"
        said_by = f"{prepared.provided.provider.name}:{pace}"
        return Answer(data, said_by, f"{prompt.name}-{prompt.version} {model or prepared.request.model}".strip())

    def prepare_vectors(
        self, account_id: int, letters: Sequence[Letter], *, before: Sequence[Letter] = (), keeps: bool = True
    ) -> PreparedVectors:
        """Answer texts that are to become vectors exactly as they would leave. Raises as `prepare`; sends nothing.

        before: what will be sent earlier, for what is replaced in one mail is replaced in later ones of its thread.
        keeps: new pseudonyms stay; who only looks keeps none, or the mails before would change by that.
        """
        consent, provided = self._allowed(account_id, "embed")
        counts: Counter[str] = Counter()
        texts = []
        written_to = self._correspondents(account_id, consent.level)
        books: dict[int, Book] = {}
        for number, letter in enumerate((*before, *letters)):
            people = letter.people | mentioned(written_to, [letter.part])
            aside = None if keeps else books.setdefault(letter.thread_id, self._book(letter.thread_id))
            (part,), found, _ = self._redacted(letter.thread_id, (letter.part,), consent.level, people, aside)
            if number >= len(before):
                counts += found
                texts.append(part.text)
        provider, sent = provided.provider, "\n".join(texts).encode()
        request = EmbeddingRequest(tuple(texts), provider.embedding_model, TOTAL_SECONDS)
        message_id, tokens = letters[0].message_id if len(letters) == 1 else 0, most_tokens(len(sent))
        call = Call(
            account_id, message_id, "embed", provider.name, request.model, consent.level, sha256(sent).hexdigest(),
            len(sent), counts, tokens, 0, price(provider, tokens, 0),
        )  # fmt: skip
        return PreparedVectors(provided, request, call)

    def embed(
        self, account_id: int, letters: Sequence[Letter], *, provider: str, is_awaited: bool = False
    ) -> EmbeddingAnswer:
        """Make vectors of texts of one account by this provider, in their order. Raises as `ask`.

        Vectors of two providers cannot be compared: consent to another one is none. is_awaited: somebody looks at a
        page until it is there, so the service is asked once.
        """
        self.owner.require_own_transaction("asking a provider")
        prepared = self.prepare_vectors(account_id, letters)
        maker = prepared.provided.provider
        if maker.name != provider:
            raise ConsentError(f"Mail of account {account_id} may leave to {maker.name} to embed, not to {provider}.")
        embed = maker.embed
        if embed is None:
            raise ProviderError(f"{maker.name} makes no vectors.", code="no_vectors", transient=False)

        def attempt(seconds: float) -> tuple[Call, Callable[[], EmbeddingAnswer]]:
            timed = replace(prepared.request, timeout_seconds=max(seconds, 0.1))
            return prepared.call, lambda: embed(timed)

        until = self.timer() + TOTAL_SECONDS
        most = 1 if is_awaited else MAX_CALLS
        return self._caller().repeatedly(prepared.provided, attempt, EmbeddingAnswer, until, most=most)

    def _allowed(self, account_id: int, purpose: Purpose) -> tuple[Consent, Provided[Provider]]:
        with self.owner.read() as uow:
            consent = consents.find(uow, account_id, purpose)
        if consent is None:
            raise ConsentError(f"There is no consent that mail of account {account_id} may leave to {purpose}.")
        provided = self.registry.providers.get(consent.provider)
        if provided is None:
            raise ProviderError(f"There is no provider {consent.provider!r} here.", code="no_provider", transient=False)
        return consent, provided

    def _correspondents(self, account_id: int, level: Level) -> KnownWords:
        if level == "none":
            return KnownWords.of(())
        with self.owner.read() as uow:
            names = correspondents.names(uow, account_id)
        return KnownWords.of(names)

    def _book(self, thread_id: int) -> Book:
        with self.owner.read() as uow:
            return Book.of([Pseudonym(*row) for row in pseudonyms.of_thread(uow, thread_id)])

    def _redacted(
        self, thread_id: int, parts: Sequence[Part], level: Level, people: Set[str], aside: Book | None = None
    ) -> tuple[tuple[Part, ...], Counter[str], Book]:
        """Replace personal data by the thread's pseudonyms; new ones are kept before anything leaves, or in `aside`."""
        redactor = Redactor(self.registry.recognizers, self.dispatcher)
        book = self._book(thread_id) if aside is None else aside
        clean, counts = redactor.redact(parts, level=level, people=people, book=book)
        if not book.new:
            return clean, counts, book
        if aside is not None:
            clean, counts = redactor.redact(parts, level=level, people=people, book=aside)
            aside.new.clear()
            return clean, counts, aside
        # Another call may have numbered meanwhile: the numbers that were kept are those that count.
        with self.owner.begin() as uow:
            uow.lock_owner()
            kept = Book.of([Pseudonym(*row) for row in pseudonyms.of_thread(uow, thread_id)])
            for one in book.new:
                kept.mark(one.kind, one.value)
            pseudonyms.add(uow, thread_id, [(one.kind, one.number, one.value) for one in kept.new])
        clean, counts = redactor.redact(parts, level=level, people=people, book=kept)
        return clean, counts, kept

    def _complete(self, prepared: Prepared, request: CompletionRequest, until: float) -> tuple[str, str]:
        complete = prepared.provided.provider.complete

        def attempt(seconds: float) -> tuple[Call, Callable[[], Completion]]:
            timed = replace(request, timeout_seconds=max(seconds, 0.1))
            return prepared.call(timed), lambda: complete(timed)

        completion = self._caller().repeatedly(prepared.provided, attempt, Completion, until)
        if is_refusal(completion.text):
            raise ProviderError("The model declined to answer.", code="refused", transient=False)
        return completion.text, completion.model

    def _caller(self) -> Caller:
        return Caller(self.owner, self.dispatcher, self.pause, self.timer)


def _read(prepared: Prepared, text: str) -> Data:
    data = read_answer(text, prepared.asked.prompt.schema)
    # Escapes such as \ud800 become characters only when the JSON is read.
    return {
        key: restored(clean_text(value), prepared.book) if isinstance(value, str) else value
        for key, value in data.items()
    }


def _repair(prepared: Prepared, text: str, problem: str) -> CompletionRequest:
    """Answer the same question with what was wrong about the answer; that may repeat the mail, so it is fenced too."""
    request, nonce = prepared.request, prepared.nonce
    instructions = (
        f"{request.instructions}\n\nYour last answer, below the mail, was not usable: {problem} Answer again."
    )
    # A model has seen the mark, so its answer could end the fence; left out, two halves of one would meet.
    last = fenced(nonce, [Part("last answer", text[:_SHOWN_CHARACTERS].replace(nonce, "[mark]"))])
    return replace(request, instructions=instructions, text=f"{request.text}\n{last}")
