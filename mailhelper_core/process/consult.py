"""Ask a model provider about what local classifiers leave open: with consent and budget, a few questions at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

from mailhelper_core.ai.answer import Data
from mailhelper_core.ai.prompts.read import prompt
from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.egress.calls import MENDED
from mailhelper_core.egress.gate import Answer, EgressGate
from mailhelper_core.egress.outgoing import outgoing
from mailhelper_core.egress.thread import message_in_thread
from mailhelper_core.errors import BudgetError, ConflictError, ConsentError, NotFoundError, ProviderError
from mailhelper_core.model.ai.egress import Consent
from mailhelper_core.model.extension import Registry
from mailhelper_core.model.mind.opinion import Opinion, provider_of
from mailhelper_core.model.work.report import ErrorNote, IsCancelled
from mailhelper_core.process.combine import combine
from mailhelper_core.process.reliability import reliability
from mailhelper_core.store.egress import consents
from mailhelper_core.store.mind import agreement, opinions
from mailhelper_core.store.unit_of_work import OwnerStore, UnitOfWork
from mailhelper_core.store.work import pending
from mailhelper_core.watchman import carried

STAGE: pending.Stage = "consult"
# Questions that are under way at once: a provider answers several, a laptop's model one.
THREADS = 4
# Never the whole truth: the surest that a model's own word makes an opinion.
SUREST = 0.9
# Less would speak against the category that the model has chosen.
_LEAST = 1 / 3
# How sure an answer is of which a model does not say so; above one half, or a "no" would say "yes".
_UNSAID = 0.7
_MAX_REASON = 200


@dataclass(frozen=True, slots=True)
class Round:
    """What became of one group of questions; done ones wait no more, answered or not."""

    answered: int
    done: int
    errors: tuple[ErrorNote, ...]


@dataclass(frozen=True, slots=True)
class ConsultService:
    """Asks about one owner's messages; what a provider says stands beside what others say."""

    owner: OwnerStore
    registry: Registry
    dispatcher: Dispatcher

    def consult(self, account_id: int, *, cancel: IsCancelled | None = None) -> Iterator[Round]:
        """Ask about what waits of an account; yield after each group of questions, when its answers are written.

        What fails for now keeps waiting and ends the consulting; what can never be answered waits no more. Without a
        consent all that waits goes on waiting for one.
        """
        with self.owner.read() as uow:
            if consents.find(uow, account_id, "classify") is None:
                return
        after, asked = 0, carried(self._asked)
        with _threads() as threads:
            while not (cancel and cancel()):
                with self.owner.read() as uow:
                    ids = pending.take(uow, STAGE, account_id, THREADS, after=after)
                if not ids:
                    break
                after = ids[-1]
                found = dict(zip(ids, threads.map(asked, ids), strict=True))
                answers = {id_: one for id_, one in found.items() if isinstance(one, Answer)}
                failures = {id_: one for id_, one in found.items() if isinstance(one, ProviderError)}
                done = [id_ for id_ in ids if not _keeps_waiting(failures.get(id_), works=bool(answers))]
                self._write(account_id, answers, done=done)
                yield Round(len(answers), len(done), tuple({_note(one): None for one in failures.values()}))
                if len(done) < len(ids):
                    break

    def ask(self, message_id: int, *, strong: bool = False) -> tuple[Opinion, ...]:
        """Ask about one message now, `strong` the provider's stronger model; answer what it said.

        Both passes stand side by side; the stronger one counts. Raises NotFoundError, ConsentError, BudgetError,
        ProviderError: then nothing changes.
        """
        message, thread = message_in_thread(self.owner, message_id)
        gate = EgressGate(self.owner, self.registry, self.dispatcher)
        answer = gate.ask(outgoing(message, "classify", prompt("classify"), thread=thread, strong=strong))
        self._write(message.account_id, {message_id: answer}, done=[message_id])
        return read_opinions(answer)

    def _asked(self, message_id: int) -> Answer | ProviderError | None:
        gate = EgressGate(self.owner, self.registry, self.dispatcher)
        try:
            message, thread = message_in_thread(self.owner, message_id)
            return gate.ask(outgoing(message, "classify", prompt("classify"), thread=thread))
        except NotFoundError:  # it was erased meanwhile
            return None
        except ConflictError as exc:  # it cannot be read: nothing can be asked about it
            return ProviderError(str(exc), code=exc.code, transient=False)
        except ProviderError as exc:
            return exc

    def _write(self, account_id: int, answers: Mapping[int, Answer], *, done: Sequence[int]) -> None:
        with self.owner.begin() as uow:
            there = opinions.hold(uow, answers)  # one may be erased since it was asked
            pending.done(uow, STAGE, account_id, done)
            said = {id_: read_opinions(answers[id_]) for id_ in there}
            opinions.strike(uow, {(id_, answers[id_].said_by) for id_ in there})
            opinions.add(uow, account_id, said)
            self._combine(uow, account_id, there)

    def _combine(self, uow: UnitOfWork, account_id: int, ids: Sequence[int]) -> None:
        weights, fixed = reliability(self.registry, agreement.counts(uow)), opinions.fixed(uow, ids)
        consent = consents.find(uow, account_id, "classify")
        known = {
            id_: [one for one in said if counts(one, self.registry, consent)]
            for id_, said in opinions.of(uow, ids).items()
        }
        opinions.set_effective(
            uow,
            {
                id_: combine(
                    said, corrections=fixed.get(id_, {}), reliability=weights, models=self.registry.model_classifiers
                )
                for id_, said in known.items()
            },
        )


@contextmanager
def _threads() -> Iterator[ThreadPoolExecutor]:
    threads = ThreadPoolExecutor(THREADS, "mailhelper-consult")
    try:
        yield threads
    finally:
        # Who is ended meanwhile, as by a worker's soft limit, does not wait for a provider that hangs.
        threads.shutdown(wait=False, cancel_futures=True)


def counts(opinion: Opinion, registry: Registry, consent: Consent | None) -> bool:
    """Say whether who said an opinion is there today, and, being a provider, may still be asked about the account."""
    provider = provider_of(opinion.said_by)
    if not provider:
        return opinion.said_by in registry.classifiers
    return provider in registry.providers and consent is not None and consent.provider == provider


def read_opinions(answer: Answer) -> tuple[Opinion, ...]:
    """Answer a model's data as opinions; its labels were checked against the schema already.

    The confidence that a model tells is that of the category. One that is sure of it has understood the mail, so its
    other answers count as much; one that is not has said nothing about them.
    """
    data: Data = answer.data
    told = data.get("confidence")
    of_category = max(min(float(told), SUREST), _LEAST) if isinstance(told, int | float) else _UNSAID
    of_others = max(of_category, _UNSAID)
    reason = data.get("reason")
    reasons = (reason[:_MAX_REASON],) if isinstance(reason, str) and reason else ()
    sureness = {"category": of_category, "spam": of_others, "urgency": of_others, "importance": of_others}
    return tuple(
        Opinion(kind, str(data[kind]), sure, reasons, answer.said_by, answer.version) for kind, sure in sureness.items()
    )


def _keeps_waiting(error: ProviderError | None, *, works: bool) -> bool:
    if error is None:
        return False
    # Where others are answered, a refusal is about this one message, and nobody has anything to mend.
    # Who takes a consent back in the middle may give it again.
    return error.transient or isinstance(error, BudgetError | ConsentError) or (error.code in MENDED and not works)


def _note(error: ProviderError) -> ErrorNote:
    note = ErrorNote.of("provider", error)
    return replace(note, code="consent") if isinstance(error, ConsentError) else note
