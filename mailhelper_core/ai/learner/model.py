"""A trained model as a value, and its octets: a line of JSON, then raw little-endian arrays; nothing is executed."""

from __future__ import annotations

import json
import zlib
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mailhelper_core.ai.learner.calibrate import Scale
from mailhelper_core.ai.learner.features import SCHEMA as FEATURES
from mailhelper_core.ai.learner.learner import buckets_of, columns_of
from mailhelper_core.ai.needs import MAX_LABELS
from mailhelper_core.errors import InvalidError

# Raise it when the octets or their meaning change.
SCHEMA = 1
_MAGIC = b"mailhelper-model\n"
# A head is a few labels and counts.
_MAX_HEAD = 65_536


@dataclass(frozen=True, slots=True)
class Model:
    """Weights (columns x buckets, 16-bit), the labels in order, the scale, and how many examples each label had."""

    labels: tuple[str, ...]
    weights: NDArray[np.float16]
    scale: Scale
    examples: tuple[int, ...]


def to_bytes(model: Model) -> bytes:
    """Answer the octets: at most 1.2 MiB."""
    packed = zlib.compress(model.weights.astype("<f2").tobytes(), 1)
    head = {
        "schema": SCHEMA, "features": FEATURES, "labels": model.labels, "slope": model.scale.slope,
        "offset": model.scale.offset, "examples": model.examples, "check": zlib.crc32(packed),
    }  # fmt: skip
    return _MAGIC + json.dumps(head).encode() + b"\n" + packed


def from_bytes(data: bytes) -> Model:
    """Read a model; raises InvalidError "model" for damage and "model_schema" for an older or newer schema."""
    try:
        head, packed = _split(data)
        if (head["schema"], head["features"]) != (SCHEMA, FEATURES):
            raise InvalidError("The model is of another schema; train it again.", code="model_schema")
        labels = tuple(map(str, head["labels"]))
        if zlib.crc32(packed) != head["check"] or not 2 <= len(labels) <= MAX_LABELS:
            raise ValueError("check")
        shape = (columns_of(len(labels)), buckets_of(len(labels)))
        octets = zlib.decompressobj().decompress(packed, shape[0] * shape[1] * 2 + 1)
        weights = np.frombuffer(octets, "<f2").reshape(shape)
        scale, counts = Scale(float(head["slope"]), float(head["offset"])), tuple(map(int, head["examples"]))
        if not isfinite(scale.slope + scale.offset) or not len({*labels}) == len(labels) == len(counts):
            raise ValueError("head")
        return Model(labels, weights.astype(np.float16), scale, counts)
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError, zlib.error) as exc:
        raise InvalidError("The model is damaged; train it again.", code="model") from exc


def _split(data: bytes) -> tuple[dict[str, Any], bytes]:
    line, found, packed = data.removeprefix(_MAGIC).partition(b"\n")
    if not data.startswith(_MAGIC) or not found or len(line) > _MAX_HEAD:
        raise ValueError("head")
    head = json.loads(line)
    if not isinstance(head, dict):
        raise TypeError("head")
    return head, packed
