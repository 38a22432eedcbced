"""The program's own features, as plugins: the hooks are proven by our own use."""

from __future__ import annotations

from mailhelper_core.ai import builtin as embedders
from mailhelper_core.app import journal
from mailhelper_core.egress import builtin as recognizers
from mailhelper_core.process import builtin as classifiers
from mailhelper_core.rules import builtin as rules
from mailhelper_core.rules.sieve import words as sieve_words
from mailhelper_core.server import builtin as sources
from mailhelper_core.store.contents import directory
from mailhelper_core.tags import builtin as suggesters

BUILT_IN = {
    "sources": sources,
    "classifiers": classifiers,
    "suggesters": suggesters,
    "rules": rules,
    "sieve": sieve_words,
    "directory": directory,
    "journal": journal,
    "recognizers": recognizers,
    "embedders": embedders,
}
