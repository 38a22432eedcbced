"""What learning from the owner answers: how good a model is, and what each question still needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from typing import Literal

from mailhelper_core.model.mind.opinion import CATEGORIES
from mailhelper_core.model.work.report import ErrorNote

ModelState = Literal["shadow", "live", "retired"]

# The questions that are learned, with the answers that are fixed; categories may get more by being used.
TASKS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "spam": ("no", "yes"),
        "category": CATEGORIES,
        "urgency": ("1", "2", "3"),
        "importance": ("1", "2", "3"),
        "reply": ("no", "yes"),
        "language": (),
    }
)


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """One point of a curve: of `count` answers at about `x`, the share `y`."""

    x: float  # claimed confidence, the share of messages that get an answer, or examples learned from
    y: float  # the share of answers that was right
    count: int  # answers behind the point


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures on the newest examples, measured with a model that had not learned from them."""

    examples: int  # how many there were; 0: nothing is known
    accuracy: float  # the share answered right
    brier: float  # mean squared error of the probabilities: 0 is best
    calibration_error: float  # how far claimed confidence is from the share that was right
    calibration: tuple[CurvePoint, ...]  # confidence against the share that was right
    coverage: tuple[CurvePoint, ...]  # share that is answered, surest first, against the share that was right


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How well one question is answered from what the owner said, with both curves as a picture."""

    task: str  # the question
    quality: Quality  # on the newest examples
    baseline: float  # what always giving the most frequent answer would have scored
    svg: str  # calibration and coverage, without script or outside reference


@dataclass(frozen=True, slots=True)
class TaskStatus:
    """How far one question is learned."""

    task: str  # the question
    examples: int  # messages the owner has said it of
    by_label: tuple[tuple[str, int], ...]  # how often each answer was given
    needed: int  # how many more examples, at least, until a model can be trained; 0: enough
    needed_labels: tuple[str, ...]  # answers that must be given more often first
    waiting: int  # examples that the live model has not learned from
    live: int  # revision of the model that answers, 0 without one
    shadow: int  # revision of the candidate, 0 without one
    accuracy: float | None  # of the live model on examples it had not learned from
    problem: str = ""  # code of what is wrong with the stored model: `model`, `model_schema`
    shadow_accuracy: float | None = None  # of the candidate on examples it had not learned from


@dataclass(frozen=True, slots=True)
class LearningStatus:
    """How far every question is learned; `advice` says what to install where learning cannot work."""

    tasks: tuple[TaskStatus, ...]  # in the order of `TASKS`
    advice: str = ""  # empty: learning works

    def as_dict(self) -> dict[str, object]:
        """Answer the fields as plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Drift:
    """How a question's newest answers differ from the earlier ones."""

    task: str  # the question
    recent: float  # accuracy of the live model on what was said since it was trained
    expected: float  # its accuracy when it was trained
    examples: int  # what `recent` rests on
    drifts: bool  # whether it is worse than chance explains


@dataclass(frozen=True, slots=True)
class Training:
    """What became of one question in a training."""

    task: str  # the question
    outcome: Literal["promoted", "shadow", "too_few"]  # what was done
    revision: int  # of the model that was made, 0 for none
    examples: int  # it learned from
    better: int = 0  # newest examples that the candidate alone answered right, or the live model alone wrong
    worse: int = 0  # those on which it was the other way round


@dataclass(frozen=True, slots=True)
class TrainReport:
    """What a training did, question by question, and how many examples were read anew."""

    trainings: tuple[Training, ...]  # in the order of `TASKS`
    read: int  # messages whose features were made
    signals: int = 0  # corrections that the owner's deeds at the server became
    errors: tuple[ErrorNote, ...] = ()  # classifiers of plugins that failed, and unreadable messages

    def as_dict(self) -> dict[str, object]:
        """Answer the fields as plain values."""
        return asdict(self)
