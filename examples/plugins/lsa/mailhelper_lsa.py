"""An embedder that learns from the owner's own mail: latent semantic analysis, no downloaded weights, no pickle.

Words that stand in the same mails get similar vectors: `invoice` finds `Rechnung` in a mailbox that has both.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from mailhelper_core import Embedder, hookimpl

DIMENSION = 128
# As many axes as texts would give each text its own: only fewer make words share one.
TEXTS_AN_AXIS = 8
# Hashes of words: 2**14 columns keep the state of one owner below 9 MB.
FEATURES = 2**14
# Beyond, a mail repeats itself.
MAX_CHARACTERS = 20_000


@hookimpl
def register_embedders() -> Sequence[Embedder]:
    """Answer the embedder; `ada.vectors.use("lsa")` makes an owner's vectors with it."""
    return [Embedder("lsa", embed, DIMENSION, fit=fit)]


def fit(texts: Sequence[str]) -> bytes:
    """Learn which words go together; empty where there are too few texts to say."""
    # Heavy imports stand in the function that needs them: every process that makes a MailHelper imports this module.
    import numpy as np
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfTransformer

    counts = _counted(texts) if texts else None
    size = min(DIMENSION, len(texts) // TEXTS_AN_AXIS)
    if counts is None or size < 2 or not counts.nnz:
        return b""
    weighted = TfidfTransformer(sublinear_tf=True).fit(counts)
    axes = TruncatedSVD(size, random_state=0).fit(weighted.transform(counts)).components_
    state = io.BytesIO()
    np.savez_compressed(state, idf=weighted.idf_.astype("f4"), axes=axes.astype("f4"))
    return state.getvalue()


def embed(texts: Sequence[str], state: bytes) -> list[list[float]]:
    """Answer a vector of length 1 for each text; zeros for one of whose words nothing is known."""
    if not texts or not state:
        return [[0.0] * DIMENSION for _ in texts]
    import numpy as np

    with np.load(io.BytesIO(state), allow_pickle=False) as learned:
        counts = _counted(texts)
        counts.data = (1 + np.log(counts.data)).astype("f4")
        places = counts.multiply(learned["idf"]).tocsr() @ learned["axes"].T
    found = np.zeros((len(texts), DIMENSION), dtype="f4")
    found[:, : places.shape[1]] = places
    lengths = np.linalg.norm(found, axis=1, keepdims=True)
    vectors: list[list[float]] = np.divide(found, lengths, out=np.zeros_like(found), where=lengths > 0).tolist()
    return vectors


def _counted(texts: Sequence[str]) -> Any:
    from sklearn.feature_extraction.text import HashingVectorizer

    hashing = HashingVectorizer(n_features=FEATURES, alternate_sign=False, norm=None)
    return hashing.transform([text[:MAX_CHARACTERS] for text in texts])
