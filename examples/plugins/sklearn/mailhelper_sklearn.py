"""A classifier that learns the owner's categories: hashed words, logistic regression; its state is no pickle."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from mailhelper_core import Classification, Classifier, Context, MessageDetail, Opinion, hookimpl

# Hashes of words that a mailbox of one person hardly ever confuses.
FEATURES = 2**14
# Fewer teach it less than what is built in knows.
LEAST_EXAMPLES = 20
# Below, it says nothing.
LEAST_CONFIDENCE = 0.5


@hookimpl
def register_classifiers() -> Sequence[Classifier]:
    """Answer the classifier; it answers in the owner's own words, so any label may come."""
    return [Classifier("sklearn", classify, labels=("*",), train=train)]


def train(examples: Sequence[tuple[MessageDetail, str]]) -> bytes:
    """Learn from pairs of message and category; answer weights, empty where there is too little to learn from."""
    # Heavy imports stand in the function that needs them: every process that makes a MailHelper imports this module.
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    labels = [label for _, label in examples]
    if len(examples) < LEAST_EXAMPLES or len(set(labels)) < 2:
        return b""
    model = LogisticRegression(max_iter=200).fit(_features([message for message, _ in examples]), labels)
    weights, biases = model.coef_.astype("f4"), model.intercept_.astype("f4")
    if len(model.classes_) == 2:  # scikit-learn keeps one row for two classes
        weights, biases = np.vstack([-weights, weights]) / 2, np.concatenate([-biases, biases]) / 2
    state = io.BytesIO()
    np.savez_compressed(state, weights=weights, biases=biases, classes=np.array(model.classes_, dtype=str))
    return state.getvalue()


def classify(messages: Sequence[MessageDetail], context: Context) -> list[Opinion | None]:
    """Answer the likeliest category of each message; nothing before anything was learned."""
    if not context.state or not messages:
        return [None] * len(messages)
    import numpy as np

    with np.load(io.BytesIO(context.state), allow_pickle=False) as model:
        scores = _features(messages) @ model["weights"].T + model["biases"]
        classes = model["classes"]
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    likely = odds / odds.sum(axis=1, keepdims=True)
    return [_opinion(str(classes[row.argmax()]), float(row.max())) for row in likely]


def _opinion(category: str, confidence: float) -> Opinion | None:
    return Classification(category, confidence, "words") if confidence >= LEAST_CONFIDENCE else None


def _features(messages: Sequence[MessageDetail]) -> Any:
    from sklearn.feature_extraction.text import HashingVectorizer

    texts = [f"{message.from_.addr_spec} {message.subject} {message.text[:5_000]}" for message in messages]
    return HashingVectorizer(n_features=FEATURES, alternate_sign=False).transform(texts)
