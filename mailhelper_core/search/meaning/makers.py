"""Who makes vectors: an embedder on this machine, or a provider behind the egress gate; one way to ask both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from mailhelper_core.ai.embedding.vectors import packed
from mailhelper_core.dispatch import Dispatcher
from mailhelper_core.egress.calls import MENDED
from mailhelper_core.egress.gate import EgressGate
from mailhelper_core.egress.outgoing import EMBEDDED_CHARACTERS, Letter, letter
from mailhelper_core.egress.plain import Part, plain
from mailhelper_core.errors import ConflictError, InvalidError, MailHelperError, PluginError, ProviderError
from mailhelper_core.model.ai.embedder import Embedder
from mailhelper_core.model.ai.provider import Provider
from mailhelper_core.model.extension import Provided, Registry
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.store.search.vectors import PROVIDER_PREFIX, Profile

_KIND = "embedder"
# What an embedder has learned of an owner's texts is read whole for each batch.
MAX_STATE_OCTETS = 20_000_000


@dataclass(frozen=True, slots=True)
class Kind:
    """What a profile must say so that its vectors may be used with what is installed now."""

    name: str
    version: str
    dimension: int  # 0: a provider's, known after its first answer

    def fits(self, profile: Profile) -> bool:
        """Say whether a profile's vectors are of this kind."""
        same = (profile.name, profile.version) == (self.name, self.version)
        return same and (self.dimension in (0, profile.dimension) or not profile.dimension)


@dataclass(frozen=True, slots=True)
class Makers:
    """The embedders and providers of one registry, for one owner."""

    registry: Registry
    dispatcher: Dispatcher
    gate: EgressGate

    def kind(self, name: str) -> Kind:
        """Answer what vectors of this maker are now. Raises InvalidError for an unknown name."""
        if name.startswith(PROVIDER_PREFIX):
            return Kind(name, self._provider(name).provider.embedding_model, 0)
        embedder = self._embedder(name).provider
        return Kind(name, embedder.version, embedder.dimension)

    def fitted(self, name: str, texts: Sequence[str]) -> bytes:
        """Answer the state that an embedder wants to have of an owner's texts. Raises PluginError."""
        if name.startswith(PROVIDER_PREFIX):
            return b""
        provided = self._embedder(name)
        fit = provided.provider.fit
        if fit is None:
            return b""
        state: object = self.dispatcher.call(provided.plugin, name, lambda: fit(texts), kind=_KIND)
        if not isinstance(state, bytes) or len(state) > MAX_STATE_OCTETS:
            problem = f"did not answer at most {MAX_STATE_OCTETS} octets from fit"
            raise self.dispatcher.reject(provided.plugin, name, problem, kind=_KIND)
        return state

    def of_messages(self, profile: Profile, account_id: int, messages: Sequence[MessageDetail]) -> list[bytes]:
        """Answer a vector for each message. Raises PluginError, ProviderError, ConsentError, BudgetError."""
        return self._made(profile, account_id, [letter(message) for message in messages])

    def of_text(self, profile: Profile, account_id: int, text: str) -> bytes:
        """Answer the vector of a query; for a provider's profile it passes the gate like mail of that account."""
        query = Part("query", plain(text, EMBEDDED_CHARACTERS))
        return self._made(profile, account_id, [Letter(0, 0, query, frozenset())], is_awaited=True)[0]

    def _made(
        self, profile: Profile, account_id: int, letters: Sequence[Letter], *, is_awaited: bool = False
    ) -> list[bytes]:
        if profile.provider:
            answer = self.gate.embed(account_id, letters, provider=profile.provider, is_awaited=is_awaited)
            vectors = packed(answer.vectors, len(letters))
        else:
            provided, texts = self._embedder(profile.name), [one.part.text for one in letters]
            made = self.dispatcher.call(
                provided.plugin, profile.name, lambda: provided.provider.embed(texts, profile.fitted), kind=_KIND
            )
            vectors = self._checked(provided.plugin, profile.name, made, len(letters))
        if profile.dimension and any(len(vector) != 4 * profile.dimension for vector in vectors):
            raise ConflictError("The embedder's vectors have another length now.", code="dimension")
        return vectors

    def _checked(self, plugin: str, name: str, made: Any, count: int) -> list[bytes]:
        try:
            return packed(made, count)
        except ProviderError as exc:
            problem = "did not answer one vector of finite numbers for each text"
            raise self.dispatcher.reject(plugin, name, problem, kind=_KIND) from exc

    def _embedder(self, name: str) -> Provided[Embedder]:
        found = self.registry.embedders.get(name)
        if found is None:
            known = ", ".join(
                [*self.registry.embedders, *map(f"{PROVIDER_PREFIX}{{}}".format, self.registry.providers)]
            )
            raise InvalidError(f"There is no embedder {name!r} here; there is {known}.", code="no_embedder")
        return found

    def _provider(self, name: str) -> Provided[Provider]:
        found = self.registry.providers.get(name.removeprefix(PROVIDER_PREFIX))
        if found is None or found.provider.embed is None:
            raise InvalidError(f"There is no {name!r} that makes vectors here.", code="no_embedder")
        return found


def is_nonsense(error: MailHelperError) -> bool:
    """Say whether something was answered, and was no vectors."""
    return error.code in ("plugin_answer", "vectors")


def is_permanent(error: MailHelperError) -> bool:
    """Say whether asking again about the same text cannot help."""
    if isinstance(error, PluginError):
        return is_nonsense(error)
    return not error.transient and error.code not in {"budget", "consent", *MENDED}
