"""LearningService: how far each question is learned, training, evaluation, promotion, roll-back and forgetting."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from mailhelper_core.ai import gate
from mailhelper_core.ai.gate import ReadFacts
from mailhelper_core.ai.needs import needs
from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.errors import InvalidError, NotFoundError
from mailhelper_core.learn import lessons
from mailhelper_core.learn.chart import draw
from mailhelper_core.learn.growth import growth
from mailhelper_core.learn.plan import drifts, is_due
from mailhelper_core.learn.plugins import train_plugins
from mailhelper_core.learn.prior import follow
from mailhelper_core.learn.tags import TagLearner
from mailhelper_core.learn.training import baseline, prior_of, retrain, share_task, train_task
from mailhelper_core.model.door import guarded
from mailhelper_core.model.extension import Registry
from mailhelper_core.model.mind.learning import (
    TASKS,
    CurvePoint,
    Drift,
    Evaluation,
    LearningStatus,
    TaskStatus,
    Training,
    TrainReport,
)
from mailhelper_core.model.mind.tag import SuggestedTag
from mailhelper_core.model.work.report import IsCancelled
from mailhelper_core.store.mail import accounts, messages
from mailhelper_core.store.mind import examples, models, suggestions
from mailhelper_core.store.mind.models import StoredModel
from mailhelper_core.store.unit_of_work import MICROSECOND, OwnerStore, UnitOfWork


@guarded
@dataclass(frozen=True, slots=True)
class LearningService:
    """What one owner's corrections teach. Questions are the keys of TASKS; any other raises InvalidError "task".

    Where the extra `learn` is missing, `status` says what to install and the calls that need it raise ConfigError.
    """

    owner: OwnerStore
    facts: ReadFacts = gate.no_facts
    registry: Registry = field(default_factory=Registry)
    dispatcher: Dispatcher = field(default_factory=Dispatcher)

    def status(self) -> LearningStatus:
        """Answer how far each question is learned, and how many more examples it needs."""
        with self.owner.begin() as uow:
            examples.collect(uow, tuple(TASKS))
        with self.owner.read() as uow:
            said = examples.answers(uow, tuple(TASKS))
            held = {task: models.of(uow, task) for task in TASKS}
        found = tuple(_status(task, said[task], held[task]) for task in TASKS)
        return LearningStatus(found, "" if gate.installed() else gate.ADVICE)

    def train(self, task: str | None = None, *, cancel: IsCancelled | None = None) -> TrainReport:
        """Learn from everything that was said: one candidate a question, promoted where it is better; then plugins.

        Raises ConfigError inside the host's transaction. `cancel` is looked at between questions.
        """
        self.owner.require_own_transaction("train")
        signals = lessons.take_signals(self.owner)
        read, odd = lessons.read_messages(self.owner, self.facts)
        done: list[Training] = []
        follow(self.owner)
        for one in _tasks(task):
            if cancel is not None and cancel():
                break
            done.append(self._train(one))
        TagLearner(self.owner, self.facts).learn_sureness()
        others, errors = train_plugins(self.owner, self.registry, self.dispatcher, cancel) if task is None else ([], [])
        return TrainReport((*done, *others), read, signals, (*odd, *errors))

    def train_if_due(self, *, cancel: IsCancelled | None = None) -> TrainReport:
        """Read the owner's deeds, and train the questions of which something new was said, after a pause."""
        self.owner.require_own_transaction("train")
        signals = lessons.take_signals(self.owner)
        if not gate.installed():
            return TrainReport((), 0, signals)
        follow(self.owner)
        due = self._due()
        if not due:
            return TrainReport((), 0, signals)
        read, odd = lessons.read_messages(self.owner, self.facts)
        done = [self._train(task) for task in due if cancel is None or not cancel()]
        return TrainReport(tuple(done), read, signals, odd)

    def tag_new(self, account_id: int) -> int:
        """Suggest tags for new mail, set those that the owner's budget of errors allows, and answer how many.

        Raises NotFoundError for an unknown account.
        """
        with self.owner.read() as uow:
            accounts.get(uow, self.owner.owner, account_id)
        if not gate.installed():
            return 0
        return TagLearner(self.owner, self.facts).tag_new(account_id)

    def evaluate(self, task: str | None = None, *, newest: int | None = None) -> tuple[Evaluation, ...]:
        """Answer how well questions are answered: trained on the older examples, measured on the newest fifth of each.

        It trains, so many examples take seconds; `newest` looks at so many at most, for a page that somebody waits for.
        """
        found = []
        for one in _tasks(task):
            stored = lessons.stored(self.owner, one, newest=newest)
            try:
                quality = gate.train(lessons.lessons(stored), prior_of(self.owner, one)).quality
            except InvalidError:
                continue
            found.append(Evaluation(one, quality, baseline(stored), draw(quality)))
        return tuple(found)

    def curve(self, task: str) -> tuple[CurvePoint, ...]:
        """Answer how the share of right answers grows with the examples: `x` is how many were learned from.

        Each point is measured on the newest fifth; empty while there are too few. It trains, so it takes seconds.
        """
        (one,) = _tasks(task)
        return growth(lessons.lessons(lessons.stored(self.owner, one)), prior_of(self.owner, one))

    def drift(self, task: str | None = None) -> tuple[Drift, ...]:
        """Answer, for questions with a model, how it does on what was said since it was trained, or put back."""
        found = []
        for one in _tasks(task):
            live = self._live(one)
            if live is None or live.accuracy is None or gate.check(live.data):
                continue
            judged = max(live.through, self._refused_through(one))
            newer = [each for each in lessons.stored(self.owner, one) if each.number > judged]
            recent = gate.accuracy(live.data, lessons.lessons(newer)) if newer else live.accuracy
            is_worse = drifts(recent, live.accuracy, len(newer))
            found.append(Drift(one, recent, live.accuracy, len(newer), is_worse))
        return tuple(found)

    def promote(self, task: str) -> TaskStatus:
        """Let the candidate of a question answer, whatever the contest said. Raises NotFoundError without one."""
        return self._answer_with(task, models.shadow_of, "There is no candidate for this question.")

    def roll_back(self, task: str) -> TaskStatus:
        """Let the model that answered before answer again; called again, the one before that.

        It answers until a candidate does better on what was said since. Raises NotFoundError when there is none.
        """
        return self._answer_with(task, models.earlier_of, "There is no earlier model of this question.")

    def suggest_tags(self, ids: Iterable[int]) -> tuple[SuggestedTag, ...]:
        """Put tags that messages may deserve into the queue of `ada.tags`, and answer what waits for them there.

        It rests on the tags that the owner set and refused. Raises NotFoundError for unknown and foreign ids.
        """
        with self.owner.read() as uow:
            wanted = messages.require(uow, ids)
        found = TagLearner(self.owner, self.facts).suggest(wanted)
        with self.owner.begin() as uow:
            suggestions.put(uow, found)
            return tuple(suggestions.of_messages(uow, wanted))

    def propose_tags(self) -> tuple[SuggestedTag, ...]:
        """Look for groups among the newest mail without tags; each waits in the queue of `ada.tags` under a name."""
        found = TagLearner(self.owner, self.facts).propose()
        with self.owner.begin() as uow:
            suggestions.put(uow, found)
        return found

    def unlearn(self, ids: Iterable[int], *, task: str | None = None) -> TrainReport:
        """Forget what messages taught: the models become those that training without them gives.

        What the owner said goes on standing for these messages. Raises NotFoundError for unknown and foreign ids.
        """
        self.owner.require_own_transaction("unlearn")
        tasks = _tasks(task)
        with self.owner.begin() as uow:
            examples.collect(uow, tuple(TASKS))
            examples.forget(uow, messages.require(uow, ids), tasks)
            held = {one for one in tasks if models.of(uow, one)}
        done = [self._relearn(one) for one in tasks if one in held]
        for one in tasks:
            if one not in held:
                share_task(self.owner, one)
        return TrainReport(tuple(done), 0)

    def _train(self, task: str) -> Training:
        with self.owner.read() as uow:
            live, candidate = models.live_of(uow, task), models.shadow_of(uow, task)
        if live is not None and live.is_outdated:
            return self._relearn(task)
        if candidate is not None and candidate.is_outdated:
            with self.owner.begin() as uow:
                models.drop_candidate(uow, task)
        done = train_task(self.owner, task, at_once=False)
        share_task(self.owner, task)
        return done

    def _relearn(self, task: str) -> Training:
        """Replace every model of a question: an earlier one may have learned what is to be forgotten."""
        done = retrain(self.owner, task)
        share_task(self.owner, task)
        return done

    def _due(self) -> tuple[str, ...]:
        with self.owner.read() as uow:
            newest, newest_at = examples.newest_at(uow, tuple(TASKS))
            has_news = newest > examples.collected(uow)
        if has_news:
            with self.owner.begin() as uow:
                examples.collect(uow, tuple(TASKS))
        with self.owner.read() as uow:
            said, now = examples.answers(uow, tuple(TASKS)), uow.now
            held, outdated = {task: models.of(uow, task) for task in TASKS}, models.outdated(uow)
        pause = (now - newest_at) * MICROSECOND
        return tuple(
            task
            for task in TASKS
            if task in outdated
            or (
                is_due(sum(number > _through(held[task]) for number, _ in said[task]), pause)
                and not needs([value for _, value in said[task]], TASKS[task]).count
            )
        )

    def _live(self, task: str) -> StoredModel | None:
        with self.owner.read() as uow:
            return models.live_of(uow, task)

    def _refused_through(self, task: str) -> int:
        with self.owner.read() as uow:
            refused = models.refused_of(uow, task)
        return refused.through if refused else 0

    def _answer_with(
        self, task: str, choose: Callable[[UnitOfWork, str], StoredModel | None], missing: str
    ) -> TaskStatus:
        (checked,) = _tasks(task)
        with self.owner.begin() as uow:
            found = choose(uow, checked)
            if found is None:
                raise NotFoundError(missing)
            models.promote(uow, checked, found.revision)
        return next(one for one in self.status().tasks if one.task == checked)


def _tasks(task: str | None) -> tuple[str, ...]:
    if task is not None and task not in TASKS:
        raise InvalidError(f"A question is one of {', '.join(TASKS)}.", code="task")
    return tuple(TASKS) if task is None else (task,)


def _through(held: Sequence[StoredModel]) -> int:
    """Answer the newest example that a model has learned from; one that the owner has rolled back from counts too."""
    return max((one.through for one in held), default=0)


def _status(task: str, said: Sequence[tuple[int, str]], held: Sequence[StoredModel]) -> TaskStatus:
    values = [value for _, value in said]
    missing = needs(values, TASKS[task])
    live = next((one for one in held if one.state == "live"), None)
    shadow = next((one for one in held if one.state == "shadow"), None)
    return TaskStatus(
        task=task,
        examples=len(values),
        by_label=tuple(sorted({value: values.count(value) for value in values}.items())),
        needed=missing.count,
        needed_labels=missing.labels,
        waiting=sum(number > (live.through if live else 0) for number, _ in said),
        live=live.revision if live else 0,
        shadow=shadow.revision if shadow else 0,
        accuracy=live.accuracy if live else None,
        problem=gate.check(live.data) if live and gate.installed() else "",
        shadow_accuracy=shadow.accuracy if shadow else None,
    )
