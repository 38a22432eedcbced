"""The truth: does a message meet the criteria? A predicate over one message, with a trace of what it saw.

Places: all place tests (`in:`, `is:`, `keyword:`) that stand outside of every NOT speak of one and the same place;
a NOT asks anew, so `-in:inbox` is "in no place the inbox". A plugin condition that fails is unknown (Kleene): the
whole holds only when it does so whatever that condition would have said.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from mailhelper_core.model.mail.message import MessageDetail, Place
from mailhelper_core.model.rules.criteria import FIELDS, AllOf, AnyOf, Criteria, Is, Not, asks_place, leaves, simplify
from mailhelper_core.model.rules.rule import TraceStep
from mailhelper_core.model.work.report import ErrorNote
from mailhelper_core.query.leaf import MatchContext, Test, compile_test, cost, note_failure
from mailhelper_core.query.narrow import narrowing
from mailhelper_core.query.saw import saw
from mailhelper_core.query.view import NO_PLACE, MessageView
from mailhelper_core.query.write import write_test

# Which of several places is meant first.
_ROLE_ORDER = {"inbox": 0, "all": 2}


def match(criteria: Criteria, message: MessageDetail, *, context: MatchContext) -> bool:
    """Say whether the message meets the criteria."""
    return compile_criteria(criteria, context).matches(MessageView(message))


def explain(criteria: Criteria, message: MessageDetail, *, context: MatchContext) -> tuple[bool, tuple[TraceStep, ...]]:
    """Answer what `match` does, and every test in the order written with what it saw."""
    return compile_criteria(criteria, context).explain(MessageView(message))


def compile_criteria(criteria: Criteria, context: MatchContext) -> Matcher:
    """Prepare criteria for many messages; the moment in the context is the one that ages are counted from."""
    simple = simplify(criteria)
    tests = {leaf: _test(leaf, context) for leaf in leaves(simple)}
    return Matcher(simple, tests, _scope(simple, tests))


@dataclass(frozen=True, slots=True)
class Matcher:
    """Compiled criteria. Share one MessageView between all matchers that look at a message."""

    criteria: Criteria
    _tests: dict[Is, Test]
    _holds: Test

    @property
    def has_plugins(self) -> bool:
        """Say whether plugins are asked, who may look at anything in a message."""
        return any(leaf.field not in FIELDS for leaf in self._tests)

    def matches(self, view: MessageView) -> bool:
        """Say whether the message meets the criteria; failures of plugin conditions are in `view.errors`."""
        return self._holds(view, NO_PLACE) is True

    def place(self, view: MessageView) -> Place:
        """Answer of which place criteria that hold speak: the inbox where it is one of those, else the first.

        That is a mailbox of everything (Gmail) only if there is no other.
        """
        found = view.places
        if asks_place(self.criteria):
            holds = _compile(self.criteria, self._tests)
            found = tuple(place for place in found if holds(view, place)) or found
        return min(found, key=lambda place: _ROLE_ORDER.get(place.role, 1))

    def explain(self, view: MessageView) -> tuple[bool, tuple[TraceStep, ...]]:
        """Answer `matches` and the trace: of the place that decided, or of the first one when none did."""
        steps: list[TraceStep] = []
        self._trace_scope(self.criteria, view, steps)
        return self.matches(view), tuple(steps)

    def failing(self, view: MessageView) -> tuple[TraceStep, ...]:
        """Answer the tests for which the message does not meet the criteria, in the order written; none where it does.

        Of an OR all do, behind a NOT those that hold. Of places, those of the one where the fewest fail, above all of
        those that name it.
        """
        return () if self.matches(view) else _Search(self._tests, view).scope(self.criteria, wanted=True)

    def _trace_scope(self, criteria: Criteria, view: MessageView, steps: list[TraceStep]) -> None:
        holds = _compile(criteria, self._tests)
        deciding = next((place for place in view.places if holds(view, place)), view.places[0])
        self._trace(criteria, view, deciding, steps)

    def _trace(self, criteria: Criteria, view: MessageView, place: Place, steps: list[TraceStep]) -> None:
        match criteria:
            case Is():
                answer = self._tests[criteria](view, place)
                steps.append(_step(criteria, view, place, answer))
            case Not(part):
                self._trace_scope(part, view, steps)
            case AllOf(parts) | AnyOf(parts):
                for part in parts:
                    self._trace(part, view, place, steps)


@dataclass(frozen=True, slots=True)
class _Search:
    """Looks for the tests that keep one message from what is wanted; behind a NOT once, for no place changes that."""

    tests: dict[Is, Test]
    view: MessageView
    behind: dict[tuple[Criteria, bool], tuple[TraceStep, ...]] = field(default_factory=dict)

    def scope(self, criteria: Criteria, *, wanted: bool) -> tuple[TraceStep, ...]:
        """Look at the place where the fewest fail; where nothing may hold, at the first one where it does."""
        places = self.view.places
        if not wanted:  # each place at which it holds keeps it; one tells of all
            holds = _compile(criteria, self.tests)
            place = next((one for one in places if holds(self.view, one)), places[0])
            return self._at(criteria, place, wanted=False)
        return min((self._at(criteria, one, wanted=True) for one in places), key=_farness)

    def _at(self, criteria: Criteria, place: Place, *, wanted: bool) -> tuple[TraceStep, ...]:
        match criteria:
            case Is():
                answer = self.tests[criteria](self.view, place)
                return () if answer is wanted else (_step(criteria, self.view, place, answer),)
            case Not(part):
                return self._behind(part, wanted=not wanted)
            case AllOf(parts) | AnyOf(parts):
                found = [self._at(part, place, wanted=wanted) for part in parts]
                needs_one = isinstance(criteria, AnyOf) is wanted
                return () if needs_one and not all(found) else tuple(step for steps in found for step in steps)

    def _behind(self, part: Criteria, *, wanted: bool) -> tuple[TraceStep, ...]:
        key = part, wanted
        if key not in self.behind:
            is_met = _scope(part, self.tests)(self.view, NO_PLACE) is wanted
            self.behind[key] = () if is_met else self.scope(part, wanted=wanted)
        return self.behind[key]


def _farness(failed: tuple[TraceStep, ...]) -> tuple[int, int]:
    return len(failed), sum(step.condition.startswith(("in:", "in=")) for step in failed)


def _step(leaf: Is, view: MessageView, place: Place, answer: bool | None) -> TraceStep:  # noqa: FBT001 - a value
    return TraceStep(write_test(leaf), saw(leaf, view, place, answer), answer is True)


def _test(leaf: Is, context: MatchContext) -> Test:
    test = compile_test(leaf, context)
    asked = narrowing(leaf, context)
    if asked.failure is not None:
        return _noting(test, asked.failure)
    narrow = asked.criteria
    if narrow is None:
        return test
    can_match = _scope(simplify(narrow), {part: compile_test(part, context) for part in leaves(narrow)})
    return lambda view, place: test(view, place) if can_match(view, place) else False


def _noting(test: Test, failure: ErrorNote) -> Test:
    """Answer what the test does, and name on the way what failed beside it."""

    def holds(view: MessageView, place: Place) -> bool | None:
        note_failure(view, failure)
        return test(view, place)

    return holds


def _scope(criteria: Criteria, tests: dict[Is, Test]) -> Test:
    """Ask for one place at which the criteria hold; without place tests any place will do."""
    holds = _compile(criteria, tests)
    if not asks_place(criteria):
        return lambda view, _: holds(view, NO_PLACE)
    return lambda view, _: _any_true(holds(view, place) for place in view.places)


def _asked_once(criteria: Criteria, tests: dict[Is, Test]) -> Test:
    """Ask as `_scope`, once for a message: asked at each place, NOTs in NOTs would multiply by the places each time."""
    holds, key = _scope(criteria, tests), object()
    if not asks_place(criteria):
        return holds
    return lambda view, place: view.once(key, lambda: holds(view, place))


def _compile(criteria: Criteria, tests: dict[Is, Test]) -> Test:
    match criteria:
        case Is():
            return tests[criteria]
        case Not(part):
            return _negated(_asked_once(part, tests))
        case AllOf(parts):
            return _group(parts, tests, decisive=False)
        case AnyOf(parts):
            return _group(parts, tests, decisive=True)


def _negated(part: Test) -> Test:
    def holds(view: MessageView, place: Place) -> bool | None:
        answer = part(view, place)
        return None if answer is None else not answer

    return holds


def _group(parts: tuple[Criteria, ...], tests: dict[Is, Test], *, decisive: bool) -> Test:
    """One part that answers `decisive` decides: False in AllOf, True in AnyOf; the cheapest is asked first."""
    compiled = tuple(_compile(part, tests) for part in sorted(parts, key=_dearest))

    def holds(view: MessageView, place: Place) -> bool | None:
        answer: bool | None = not decisive
        for part in compiled:
            said = part(view, place)
            if said is decisive:
                return decisive
            if said is None:
                answer = None
        return answer

    return holds


def _any_true(answers: Iterable[bool | None]) -> bool | None:
    found: bool | None = False
    for answer in answers:
        if answer:
            return True
        if answer is None:
            found = None
    return found


def _dearest(criteria: Criteria) -> int:
    return max(map(cost, leaves(criteria)), default=0)
