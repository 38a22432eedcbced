"""Smaller traces of a person: handles, extensions, dates of birth, streets of other countries, names of files; pure."""

from __future__ import annotations

import re
from collections.abc import Callable

from mailhelper_core.model.ai.recognizer import PersonalData


def _is_handle(text: str) -> bool:
    return text[1:].lower() not in _NO_HANDLES


# Whom a chat calls together, and what programs write with the same sign.
_NO_HANDLES = frozenset(
    ("all", "here", "channel", "everyone", "team", "media", "import", "override", "property", "param")
)
_DIGIT = (
    r"(?:null|eins|zwei|zwo|drei|vier|fünf|sechs|sieben|acht|neun|zero|one|two|three|four|five|six|seven|eight|nine)"
)
_MONTH = r"[A-Za-zäé]{3,9}\.?"
_DATE = (
    r"(?:\d{1,4}[./ -]{1,2}\d{1,2}[./ -]{1,2}\d{2,4}"
    rf"|\d{{1,2}}\.?[ ]{_MONTH}[ ]\d{{4}}|{_MONTH}[ ]\d{{1,2}},?[ ]\d{{4}})"
)
_PROPER = r"[A-ZÄÖÜ][a-zß-ÿ]{1,30}"
_COMMENT = r"(?:\([^()\n]{0,64}\))"
# (kind, form, what is looked at besides); the group `value`, where there is one, is what is replaced.
_FORMS: tuple[tuple[str, str, Callable[[str], bool]], ...] = (
    ("address", r"(?<![\w.@/])@[A-Za-z_]\w{2,30}(?:\.\w{1,30}){0,3}(?![\w@])", _is_handle),
    # ada @ home . example, and RFC 5322 3.2.2: ada(at home)@home.example
    (
        "address",
        r"(?<![\w.])[\w.+-]{1,64}[ ]@[ ]?[\w-]{2,63}(?:[ ]?\.[ ]?[\w-]{2,63}){0,4}?[ ]?\.[ ]?[a-z]{2,24}(?!\w)",
        bool,
    ),
    ("address", rf"[\w.+-]{{1,64}}(?:{_COMMENT}@{_COMMENT}?|@{_COMMENT})[\w-]{{1,63}}(?:\.[\w-]{{1,63}}){{0,8}}", bool),
    # RFC 3986, appendix C: what stands in angle brackets may be broken anywhere.
    ("url", r"<(?P<value>(?:https?|ftp)://[^<>]{1,2000})>", bool),
    ("phone", r"(?i:\b(?:durchwahl|dw|ext(?:ension)?|apparat)\b\.?[ :]{0,2}-?)(?P<value>\d{1,6})(?!\w)", bool),
    (
        "number",
        r"(?i:\b(?:geboren|geb\.|geburtsdatum|geburtstag|dob|date of birth|born|birthday)[ :]{1,3})"
        rf"(?i:am |on |is |ist )?(?P<value>{_DATE})(?!\w)",
        bool,
    ),
    ("number", r"(?i:\b(?:last (?:four|4)|letzten (?:vier|4))\b[^\n\d]{0,40})(?P<value>\d{4})(?!\w)", bool),
    ("number", rf"(?i:(?<!\w){_DIGIT}(?:[ ,-]{{1,2}}{_DIGIT}){{3,30}}(?!\w))", bool),
    # Of the German pension insurance
    ("tax_id", r"(?<!\w)\d{2}[ ]?\d{6}[ ]?[A-Z][ ]?\d{3}(?!\w)", bool),
    ("place", r"(?<!\w)(?:[2-9CFGHJMPQRVWX]{4}[ ]?)?[2-9CFGHJMPQRVWX]{4}\+[2-9CFGHJMPQRVWX]{2,3}(?!\w)", bool),
    (
        "place",
        r"(?<!\w)\d{1,4}(?:[ ]?(?:bis|ter))?,?[ ](?i:rue|avenue|boulevard|chemin|allée|quai|impasse)[ ][^\n,;]{2,40}",
        bool,
    ),
    ("place", r"(?<!\w)[A-Z][a-z]{2,30}(?:straat|gracht|laan|plein|kade|dijk|singel)[ ]\d{1,4}[a-z]?(?!\w)", bool),
    (
        "place",
        r"(?<!\w)(?:Via|Viale|Piazza|Corso|Calle|Avenida|Paseo)[ ](?:(?:de|del|della|dei|la)[ ]){0,2}"
        rf"{_PROPER}(?:[ ]{_PROPER}){{0,2}},?[ ]\d{{1,4}}(?!\w)",
        bool,
    ),
    (
        "place",
        r"(?<!\w)(?:Straße|Strasse|Platz|Allee|Weg)[ ](?:des|der|am|an|zum|zur)[ ][^\n,;]{2,30}?[ ]\d{1,4}[a-z]?(?!\w)",
        bool,
    ),
    (
        "order",
        r"(?i:\b(?:booking|reservation|confirmation|buchungs?|reservierungs?|pnr)[ -]?"
        r"(?:reference|code|number|nummer|nr\.?|locator|id)[ .:#]{1,4}(?:is |lautet |ist )?)"
        r"(?P<value>[A-Z0-9]{5,8})(?!\w)",
        bool,
    ),
    (
        "order",
        r"(?i:\b(?:benutzer(?:name|kennung)|user[ -]?(?:name|id)|anmeldename|login(?:name)?|kennung|account ?name)"
        r"[ ]?[:=][ ]?)(?P<value>[^\s<>:]{3,64})",
        bool,
    ),
    # Lebenslauf_Grete_Müllerin.pdf
    (
        "order",
        rf"(?<![\w/.])(?P<value>(?:[^\W_]{{1,40}}[_-]){{0,4}}?{_PROPER}[_-]{_PROPER}(?:[_-][^\W_]{{1,40}}){{0,4}})"
        r"(?=\.[a-z0-9]{2,4}(?!\w))",
        bool,
    ),
    # A D A   L O V E L A C E
    ("word", r"(?<!\S)(?:[A-ZÄÖÜ][ ]){4,60}[A-ZÄÖÜ](?!\S)", bool),
)  # fmt: skip
_COMPILED = tuple((kind, re.compile(form), check) for kind, form, check in _FORMS)


def traces(text: str) -> list[PersonalData]:
    """Find them."""
    return [
        PersonalData(kind, *match.span("value" if "value" in form.groupindex else 0))
        for kind, form, check in _COMPILED
        for match in form.finditer(text)
        if check(match[0])
    ]
