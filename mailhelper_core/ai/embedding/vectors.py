"""Vectors at rest and in memory: packed as float32, one matrix for a profile, the nearest found by one product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from mailhelper_core.errors import ProviderError


@dataclass(frozen=True, slots=True)
class Matrix:
    """All vectors of one profile, each of length 1, with the messages they belong to."""

    ids: Any = field(repr=False)  # numpy, int64
    rows: Any = field(repr=False)  # numpy, float32

    def __len__(self) -> int:
        return len(self.ids)


def packed(vectors: Sequence[Sequence[float]], count: int) -> list[bytes]:
    """Answer vectors as they are stored; raise ProviderError for what is no vector of finite numbers for each text."""
    numpy = import_module("numpy")
    try:
        rows = numpy.asarray(vectors, dtype="<f4")
    except (TypeError, ValueError, OverflowError) as exc:
        raise _wrong() from exc
    if rows.ndim != 2 or len(rows) != count or not rows.shape[1] or not numpy.isfinite(rows).all():
        raise _wrong()
    lengths = numpy.linalg.norm(rows, axis=1, keepdims=True)
    rows = rows / numpy.where(lengths > 0, lengths, 1)
    return [row.tobytes() for row in rows.astype("<f4")]


def matrix(ids: Sequence[int], vectors: Sequence[bytes], dimension: int) -> Matrix:
    """Answer stored vectors as a matrix; what has another dimension is left out."""
    numpy = import_module("numpy")
    if not dimension:  # nothing was made yet
        return Matrix(numpy.empty(0, dtype=numpy.int64), numpy.empty((0, 0), dtype="<f4"))
    size = 4 * dimension
    if all(len(vector) == size for vector in vectors):
        kept = list(ids)
        data = b"".join(vectors)
    else:
        pairs = [(id_, vector) for id_, vector in zip(ids, vectors, strict=True) if len(vector) == size]
        kept = [id_ for id_, _ in pairs]
        data = b"".join(vector for _, vector in pairs)
    rows = numpy.frombuffer(data, dtype="<f4").reshape(-1, dimension)
    return Matrix(numpy.asarray(kept, dtype=numpy.int64), rows)


def nearest(all_: Matrix, vector: bytes, limit: int) -> list[tuple[int, float]]:
    """Answer the messages whose vectors are most like this one (cosine), best first."""
    numpy = import_module("numpy")
    if not len(all_):
        return []
    # One thread: BLAS would share the product among all cores, and wait for those that are busy.
    scores = numpy.einsum("ij,j->i", all_.rows, numpy.frombuffer(vector, dtype="<f4"))
    count = min(limit, len(scores))
    best = numpy.argpartition(-scores, count - 1)[:count]
    best = best[numpy.lexsort((-all_.ids[best], -scores[best]))]
    return [(int(all_.ids[place]), float(scores[place])) for place in best]


def _wrong() -> ProviderError:
    return ProviderError("The embedder answered no vector for each text.", code="vectors", transient=False)
