"""An embedder that fails, or answers nonsense, costs its vectors alone, and is named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from mailhelper_core import Embedder, Metric, PluginError, hookimpl
from tests.contract.plugins.conftest import Start, fill


class Letters:
    """A plugin of one embedder, which also hears what is measured."""

    def __init__(self, **functions: Any) -> None:
        self.functions = functions
        self.failures: list[dict[str, str]] = []

    @hookimpl
    def register_embedders(self) -> Sequence[Embedder]:
        return [Embedder("letters", **{"embed": answer([1.0, 2.0]), "dimension": 2} | self.functions)]

    @hookimpl
    def metric(self, metrics: Sequence[Metric]) -> None:
        self.failures += [dict(one.labels) for one in metrics if one.name == "plugin_failures"]


def answer(vector: Any) -> Any:
    return lambda texts, state: [vector for _ in texts]


def explode(*_: Any) -> Any:
    raise RuntimeError("the mail said: secret")


@pytest.mark.parametrize("fit", [explode, lambda texts: "state", lambda texts: None, lambda texts: b"x" * 20_000_001])
def test_what_cannot_be_learned_is_refused_and_named(start: Start, fit: Any) -> None:
    letters = Letters(fit=fit)
    env = start(letters)
    fill(env, 2)
    env.ada.run(env.account.id)

    with pytest.raises(PluginError) as refused:
        env.ada.vectors.use("letters")

    assert (refused.value.plugin, refused.value.provider) == ("Letters", "letters")
    assert env.ada.vectors.embedder() == "words"
    assert [(one["plugin"], one["provider"]) for one in letters.failures] == [("Letters", "letters")]


@pytest.mark.parametrize(
    "embed", [explode, answer("nonsense"), answer([float("nan"), 1.0]), answer([10**400, 1.0]), lambda texts, state: 7]
)
def test_nonsense_costs_its_vectors_alone_and_is_named_in_the_jobs_result(start: Start, embed: Any) -> None:
    letters = Letters(embed=embed)
    env = start(letters)
    fill(env, 2)
    env.ada.run(env.account.id)
    env.ada.vectors.use("letters")

    done = env.helper.jobs.run(env.ada.jobs.submit("run", account_id=env.account.id).id)

    assert done is not None
    assert (done.state, env.ada.vectors.embedder()) == ("done", "words")
    assert env.ada.vectors.status().waiting
    assert {(one["plugin"], one["provider"]) for one in letters.failures} == {("Letters", "letters")}
    assert dict(done.result)["embed.plugin:Letters/letters"] >= 1
    assert "secret" not in str(done.result)


def test_a_text_of_which_there_is_no_vector_does_not_hold_up_the_others(start: Start) -> None:
    def embed(texts: Sequence[str], state: bytes) -> list[list[float]]:
        return [[float("nan") if "odd" in text else 1.0, 2.0] for text in texts]

    env = start(Letters(embed=embed))
    fill(env, 3)
    fill(env, 1, b"Message-ID: <odd@example.org>\r\nSubject: odd\r\n\r\nodd\r\n")
    env.ada.run(env.account.id)
    env.ada.vectors.use("letters")

    report = env.ada.run(env.account.id)

    assert report.errors == ()
    assert (env.ada.vectors.embedder(), env.ada.vectors.status().vectors) == ("letters", 3)
