"""How far a job is, and how long it still takes: from numbers alone."""

from __future__ import annotations

from dataclasses import dataclass

from mailhelper_core import Job

# What `run` does, in its order; the first sync shows these as steps.
STAGES = ("sync", "index", "process", "rules")
# Before so many seconds of a stage, a guess at its end would jump about.
_SECONDS_TO_KNOW = 2.0


@dataclass(frozen=True, slots=True)
class Since:
    """Where a stage stood when it was first seen: its name, the time, how much was done; the page carries it along."""

    stage: str
    at: float
    done: int

    @classmethod
    def read(cls, text: str) -> Since | None:
        """Read what `str` wrote, None for anything else."""
        stage, _, rest = text.partition(",")
        at, _, done = rest.partition(",")
        if stage not in STAGES or not at.isdecimal() or not done.isdecimal():
            return None
        return cls(stage, float(at[:12]), int(done[:12]))

    def __str__(self) -> str:
        """Write it for the address of the next look."""
        return f"{self.stage},{self.at:.0f},{self.done}"


def follow(job: Job, now: float, before: Since | None) -> Since | None:
    """Answer where the stage that runs now began."""
    if job.progress is None or job.progress.stage not in STAGES:
        return None
    if before and before.stage == job.progress.stage and before.done <= job.progress.done:
        return before
    return Since(job.progress.stage, now, job.progress.done)


def seconds_left(job: Job, now: float, since: Since | None) -> int | None:
    """Answer how long the stage still takes at its pace, None while nobody can know."""
    if job.progress is None or since is None or job.progress.stage != since.stage:
        return None
    done, elapsed = job.progress.done - since.done, now - since.at
    if done <= 0 or elapsed < _SECONDS_TO_KNOW:
        return None
    return round(elapsed * max(0, job.progress.total - job.progress.done) / done)
