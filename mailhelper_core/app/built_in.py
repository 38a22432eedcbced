"""The program's own features, as plugins: the hooks are proven by our own use."""

from __future__ import annotations

from mailhelper_core.app import journal
from mailhelper_core.egress import builtin as recognizers
from mailhelper_core.process import builtin as classifiers
from mailhelper_core.rules import builtin as rules
from mailhelper_core.rules import sieve_words
from mailhelper_core.server import builtin as sources

BUILT_IN = {
    "sources": sources,
    "classifiers": classifiers,
    "rules": rules,
    "sieve": sieve_words,
    "journal": journal,
    "recognizers": recognizers,
}
