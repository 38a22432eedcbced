"""Keys, tokens and certificates that programs write and people paste: known by beginning or by context; pure."""

from __future__ import annotations

import re

from mailhelper_core.model.ai.recognizer import PersonalData

KIND = "secret"
# How the tokens of common services begin: what follows is random.
_PREFIXES = (
    r"(?:sk|pk|rk)[-_](?:live|test|proj|ant|or)[-_]|sk-|gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|hf_|npm_|dop_v1_"
    r"|AIza|ya29\.|SG\.|pypi-|whsec_|shpat_|eyJ"
)
_OPAQUE = r"[A-Za-z0-9+/_=.~-]"
_WORDS = r"(?:passwor[dt]|passwd|pwd|kennwort|secret|token|key|schlüssel)"
# The group `value`, where there is one, is what is replaced.
_FORMS = tuple(
    re.compile(form)
    for form in (
        # A certificate or a private key, to its end or to that of the text.
        r"-----BEGIN [A-Z0-9 ]{2,40}-----(?P<value>[^-]{1,20000})",
        rf"(?<![^\W_])(?:{_PREFIXES}){_OPAQUE}{{8,4000}}",
        r"(?<![^\W_])A(?:KIA|SIA|GPA|IDA|ROA)[A-Z0-9]{12,20}(?!\w)",
        r"data:[\w/+.;=-]{1,100},(?P<value>[A-Za-z0-9+/=%_-]{4,20000})",
        # Long, of small letters, capitals and digits or signs, or filled up as Base64 is: no word of a language.
        r"(?<![\w+/=])(?=[^\s=]{0,60}[a-z])(?=[^\s=]{0,60}[A-Z])(?=[^\s=]{0,60}[0-9+])[A-Za-z0-9+/]{20,4000}={0,2}(?![\w+/=])",
        r"(?<![\w+/=])(?=[^\s=]{0,60}[a-z])(?=[^\s=]{0,60}[A-Z])[A-Za-z0-9+/]{10,4000}={1,2}(?![\w+/=])",
        rf"(?i:\bauthorization[ ]?:[ ]?\w{{3,12}}[ ])(?P<value>{_OPAQUE}{{4,4000}})",
        rf"(?i:\bbearer[ ])(?P<value>{_OPAQUE}{{16,4000}})",
        r"(?im:^[> ]{0,6}(?:set-)?cookie[ ]?:[ ]?)(?P<value>[^\n]{4,4000})",
        rf"(?i:<[^<>\n]{{0,60}}{_WORDS}[^<>\n]{{0,60}}>)(?P<value>[^<>\n]{{2,400}})(?=<)",
    )
)


def keys(text: str) -> list[PersonalData]:
    """Find what opens a door by itself, whoever holds it."""
    return [
        PersonalData(KIND, *match.span("value" if "value" in form.groupindex else 0))
        for form in _FORMS
        for match in form.finditer(text)
    ]
