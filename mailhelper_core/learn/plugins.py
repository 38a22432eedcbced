"""Training of plugins' classifiers: the owner's answers go in, the state that they answer is kept for them."""

from __future__ import annotations

from collections.abc import Sequence

from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.errors import PluginError
from mailhelper_core.learn.lessons import details_of
from mailhelper_core.model.extension import Classifier, Provided, Registry
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mind.learning import Training
from mailhelper_core.model.work.report import ErrorNote, IsCancelled
from mailhelper_core.store.mind import examples, models
from mailhelper_core.store.unit_of_work import OwnerStore

# The newest answers that a plugin is given: their mail is in memory at once.
MAX_EXAMPLES = 2_000
# A model of words for one owner; what is larger belongs into a table of the plugin.
MAX_STATE_OCTETS = 20_000_000
BATCH = 200


def train_plugins(
    owner: OwnerStore, registry: Registry, dispatcher: Dispatcher, cancel: IsCancelled | None = None
) -> tuple[list[Training], list[ErrorNote]]:
    """Train the classifiers that can be and about whose first kind something new was said; one that fails is noted."""
    done: list[Training] = []
    errors: list[ErrorNote] = []
    for provided in registry.classifiers.values():
        if cancel is not None and cancel():
            break
        if provided.provider.train is None:
            continue
        try:
            done += _train(owner, provided, dispatcher)
        except PluginError as exc:
            errors.append(ErrorNote.of(f"plugin:{provided.plugin}/{provided.provider.name}", exc))
    return done, errors


def _train(owner: OwnerStore, provided: Provided[Classifier], dispatcher: Dispatcher) -> list[Training]:
    classifier, train = provided.provider, provided.provider.train
    task, kind = models.plugin_task(classifier.name), classifier.kinds[0]
    with owner.begin() as uow:
        examples.collect(uow, (kind,))
        taught = examples.taught(uow, kind, MAX_EXAMPLES)
        newest = models.of(uow, task)[:1]
        if newest and not taught:  # all was forgotten or taken back
            models.drop(uow, task)
    # Fewer examples than it knows: some were forgotten or taken back, and it may know what they said.
    known = [(one.through, one.examples) for one in newest]
    if train is None or not taught or known == [(taught[-1].number, len(taught))]:
        return []
    given = _given(owner, {one.message_id: one.value for one in taught})
    state: object = dispatcher.call(provided.plugin, classifier.name, lambda: train(given))
    if not isinstance(state, bytes) or len(state) > MAX_STATE_OCTETS:
        problem = f"did not answer at most {MAX_STATE_OCTETS} octets of learned state"
        raise dispatcher.reject(provided.plugin, classifier.name, problem)
    with owner.begin() as uow:
        revision = models.add(
            uow, task, state="live", examples=len(given), through=taught[-1].number, accuracy=None, data=state
        )
    return [Training(task, "promoted", revision, len(given))]


def _given(owner: OwnerStore, values: dict[int, str]) -> Sequence[tuple[MessageDetail, str]]:
    ids = list(values)
    given: list[tuple[MessageDetail, str]] = []
    for start in range(0, len(ids), BATCH):
        with owner.read() as uow:
            given += [(message, values[message.id]) for message in details_of(uow, ids[start : start + BATCH])]
    return given
