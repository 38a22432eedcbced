"""Passwords and codes by what a sentence says of them, in English and German; pure.

`Passwort: x`, `the password for the door is x`, `Ihre PIN lautet 1234`, `1234 is your code`. What follows the word for
a secret is one where it looks like no word of a language (digits, signs and capitals within), stands in quotes, or is
said to be the value; a plain word behind `is` must end its sentence, and be none that is said about passwords.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from mailhelper_core.egress.secret_tables import in_table
from mailhelper_core.model.ai.recognizer import PersonalData

KIND = "secret"
# How a value is led to: by nothing but its place, by `is`, or by a word that says it is the value.
_How = Literal["beside", "is", "surely"]
_GAP = r"(?:[ \t\u00a0]{1,4}(?:\n[> \t]{0,6})?|\n[> \t]{0,6})"
_KEYS = (
    r"(?:wi-?fi|wlan|wpa[23]?|network|netzwerk|router|api|access|secret|private|recovery|encryption|decryption|license"
    r"|licence|lizenz|produkt|product|activation|aktivierungs|wiederherstellungs|verschlüsselungs|backup|master)"
    r"[ _-]?(?:key|schlüssel)|(?:api|access|auth|refresh|bearer|session|client|shared)[ _-]?(?:token|secret)"
    r"|(?<![^\W_])token(?=[ ]?[:=])"
)
_NAMED = (
    r"(?P<password>passwor[dt]|kennwort|(?P<phrase>pass[ -]?(?:phrase|satz))|passcode|passwd|(?<!\w)pwd?"
    rf"|{_KEYS})"
)
# A password manager has a name, and no value.
_OTHERWISE = r"(?![ -](?:manage|polic|generator|hash|field|feld|reset|protect|schutz|richtlinie|hint|prompt))"
_OF_CODES = (
    "zugangs|zugriffs|sicherheits|bestätigungs|verifizierungs|verifikations|freischalt|aktivierungs|einmal|tür|login"
    "|anmelde|sperr|entsperr|geheim|sms|zahlen|prüf|abhol|tresor"
)
# Codes that are no secrets.
_OPEN_CODES = ("zip", "post", "postal", "area", "error", "status", "bank", "country", "source", "qr", "dress")
_NOT_OPEN = "".join(rf"(?<!{word}[ -])" for word in _OPEN_CODES)
_CODE = (
    r"(?<![^\W_])(?:(?:[mi]|sms|push|chip|photo|foto)?tan|pin|puk|otp|cv[cv]2?)"
    r"(?:[ -]?(?:code|nr\.?|nummer|number|no\.?))?"
    rf"|geheim(?:zahl|nummer)|(?:(?<![^\W_]){_NOT_OPEN}|(?:{_OF_CODES})-?)code"
    r"(?![ -](?:freeze|base|review|sample|friend|of conduct))"
)
_NOUN = rf"(?:{_NAMED}{_OTHERWISE}|(?P<code>{_CODE}))(?![^\W_])"
_NOUNS = re.compile(_NOUN, re.IGNORECASE)
_GAPS = re.compile(_GAP)
_COLON = re.compile(r"[ ]?[:=][ ]?")
_LATER = (
    "now|still|again|therefore|simply|just|always|jetzt|nun|weiterhin|künftig|ab sofort|dann|wieder|also|immer|einfach"
    "|as follows|the following|wie folgt|folgendermaßen|folgendes"
)
# What says that the value comes: `sure`, that nothing else does.
_LINKS = re.compile(
    rf"(?:(?<!\w)(?:(?P<sure>lauten?t?|hei(?:ß|ss)t|set[ ]to|gesetzt[ ]auf)|(?:changed|reset|updated)[ ]to"
    rf"|is|ist|was|war|bleibt|remains)(?!\w)|['’]s(?!\w)|[ ](?P<arrow>->|=>|→|»|[-\u2013\u2014])(?=[ ])"
    rf"|(?P<colon>[:=](?!//)))(?:{_GAP}(?:{_LATER})(?!\w)){{0,2}}[ ]?[:=]?",
    re.IGNORECASE,
)
# Wurde auf x geändert
_TO = re.compile(
    rf"(?<!\w)(?:auf|in|zu){_GAP}(?P<value>[^\s<>]{{3,64}}){_GAP}(?:zurück|um)?ge(?:setzt|ändert|stellt)", re.IGNORECASE
)
_WHOSE = r"(?:your|the|my|our|an?|dein\w{0,2}|ihr\w{0,2}|mein\w{0,2}|unser\w{0,2}|das|die|der|eine?)"
_BEFORE = re.compile(
    rf"(?<![^\s(\"'„“»])(?P<value>[^\s<>]{{3,64}}){_GAP}(?:(?:is|ist|was|war){_GAP}{_WHOSE}|(?:as|als)(?:{_GAP}{_WHOSE})?)"
    rf"(?:{_GAP}[\w-]{{2,24}}){{0,3}}?(?:{_GAP}|-)[\w-]{{0,24}}?{_NOUN}",
    re.IGNORECASE,
)
_QUOTED = re.compile(r"(?:\"(?P<a>[^\"\n]{2,64})\"|[“”„](?P<b>[^“”\n]{2,64})[“”]|[»«](?P<c>[^»«\n]{2,64})[«»]"
                     r"|['‘‚`](?P<d>[^'’‘`\n]{2,64})['’‘`](?!\w))")  # fmt: skip
_DIGITS = re.compile(r"\d(?:[ -]?\d){2,11}(?![^\W_])")
_TOKEN = re.compile(r"[^\s<>]{3,64}")
_PHRASE = re.compile(r"\w{2,20}(?:[ ]\w{2,20}){2,9}(?=[.!]?[ ]{0,3}(?:\n|\Z))")
# How far behind its word a secret is looked for, and where its sentence ends.
_REACH = 120
_ENDS = re.compile(r"[.!?;](?=\s|\Z)|\n[> \t]{0,6}\n")
_ENDS_HERE = re.compile(r"[ ]{0,3}(?:\n|\Z)|(?<=[.!,;])[ ]")
# What stands around a word and does not belong to it.
_CLOSING_MARKS, _OPENING_MARKS = ".,;:?)]}\"'“”„»«’‘`*_", "([{\"'“”„»«’‘`*_"
_BLANK = re.compile(r"[ \t\u00a0]{0,4}(?:\n[> \t]{0,6}){0,2}")
_MIN_PASSWORD, _MIN_CODE, _MIN_LETTERS = 4, 3, 4
_SIGN_WITHIN = re.compile(r"[^\W_](?:[!#$%&*+=@^~?|\\{}]|_(?=[^\W_]))|[!#$%&*+=@^~|\\{}][^\W_]|[a-zß-ÿ][A-ZÀ-Þ]")
# What is said about a password, and is none.
_READABLE = re.compile(
    r"(?:not|too|only|also|and|or|but|if|when|that|this|the|an|your|my|our|his|her|their|its|it|there|here|what|who|why"
    r"|how|in|on|at|to|for|from|by|of|with|under|below|above|attached|correct|incorrect|wrong|right|required|needed"
    r"|necessary|optional|mandatory|invalid|valid|expired|missing|empty|weak|strong|safe|unsafe|secure|insecure|secret"
    r"|same|different|new|old|unique|known|unknown|public|private|default|temporary|long|short|enough|easy|hard|set"
    r"|sent|kept|lost|gone|forgotten|broken|stolen|shown|hidden|written|chosen|given|taken|due|ready|okay|fine|case"
    r"|sensitive|insensitive|between|about|already|never|always|often|soon|later|today|tomorrow|yours|mine|ours"
    r"|important|personal|confidential|available|hers|theirs|back|out|off|up|down|over|no|yes|none|nothing"
    r"|nicht|kein\w{0,2}|zu|nur|auch|und|oder|aber|wenn|dass|der|die|das|den|dem|ein\w{0,2}|ihr\w{0,2}|dein\w{0,2}"
    r"|mein\w{0,2}|im|am|an|auf|aus|bei|bis|für|mit|nach|von|vor|wie|was|wer|wo|hier|dort|unten|oben|anbei|bitte"
    r"|siehe|falsch|richtig|korrekt|inkorrekt|nötig|notwendig|erforderlich|pflicht|leer|schwach|stark|sicher|unsicher"
    r"|geheim|gleich|anders|neu|alt|lang|kurz|genug|einfach|schwer|weg|da|ok|schon|bereits|noch|nie|immer|heute|morgen"
    r"|bald|später|wichtig|privat|öffentlich|abgelaufen|abhanden|vergeben|derselbe|dasselbe|folgende\w?|vorhanden"
    r"|unbekannt|bekannt|dabei|fehlt|gültig|ungültig|optional|temporär|standard|verloren|vergessen|verfallen"
    r"|\w{2,}(?:ed|ing|able|ible)|(?:\w{0,12}ge|be|ver|zer|er|ent)\w{2,}(?:t|en)|\w{2,}(?:iert|lich|bar|haft|sam))\Z",
    re.IGNORECASE,
)
# Passwort ändern
_DONE = re.compile(r"[a-zß-ÿ]+(?:en|ern|eln)|change|help|recovery|update|support|security", re.IGNORECASE)


def secrets(text: str) -> list[PersonalData]:
    """Find passwords and codes by the words around them."""
    return [PersonalData(KIND, *span) for span in _spans(text)]


def _spans(text: str) -> Iterator[tuple[int, int]]:
    for noun in _NOUNS.finditer(text):
        if span := _behind(text, noun):
            yield span
        below, beside = in_table(text, *noun.span())
        yield from (span for span in below if span[1] - span[0] >= _MIN_CODE)
        yield from (span for span in beside if span[1] - span[0] >= _MIN_CODE and not _is_said(text[slice(*span)]))
    for match in _BEFORE.finditer(text):
        span = _bare(text, match.start("value"), match.end("value"))
        value = text[slice(*span)]
        if _is_strange(value, least=_MIN_CODE) or (match["code"] and _is_code(value)):
            yield span


def _behind(text: str, noun: re.Match[str]) -> tuple[int, int] | None:
    """Answer where the value of a secret stands that is named, None where nothing says one."""
    if (colon := _COLON.match(text, noun.end())) and noun["password"]:
        token = _TOKEN.match(text, colon.end())
        if token and len(token[0]) >= _MIN_PASSWORD:  # whatever it is: so is it written in forms
            return _bare(text, *token.span()) if any(map(str.isalnum, token[0])) else token.span()
    if (gap := _GAPS.match(text, noun.end())) and (span := _value(text, gap.end(), noun, "beside")):
        return span
    reach = min(len(text), noun.end() + _REACH)
    stop = _ENDS.search(text, noun.end(), reach)
    end = stop.start() if stop else reach
    to = _TO.search(text, noun.end(), end) if noun["password"] else None
    if to and not _is_readable(to["value"]):
        return _bare(text, *to.span("value"))
    for link in _LINKS.finditer(text, noun.end(), end):
        how: _How = "beside" if link["arrow"] else "surely" if link["sure"] else "is"
        if span := _value(text, _skipped(text, link.end()), noun, how):
            return span
    return None


def _value(text: str, at: int, noun: re.Match[str], how: _How) -> tuple[int, int] | None:
    """Answer where a value begins and ends that stands here, None where this is none."""
    if quoted := _QUOTED.match(text, at):
        group = str(quoted.lastgroup)
        return None if _is_readable(quoted[group]) else quoted.span(group)
    token = _TOKEN.match(text, at)
    if noun["code"] and (digits := _DIGITS.match(text, at)):
        return digits.span()
    if token is None:
        return None
    start, end = _bare(text, *token.span())
    value, is_password = text[start:end], bool(noun["password"])
    if _is_strange(value, least=_MIN_PASSWORD if is_password else _MIN_CODE):
        return start, end
    if not is_password:
        is_named = how != "beside" or _ENDS_HERE.match(text, token.end())
        return (start, end) if is_named and _is_code(value) else None
    if how == "beside":
        return None
    return _word(text, start, token.end(), end, noun, how)


def _word(text: str, start: int, behind: int, end: int, noun: re.Match[str], how: _How) -> tuple[int, int] | None:
    """Answer the place of a plain word that is a password, or of the words of a passphrase."""
    if noun["phrase"] and (words := _PHRASE.match(text, start)) and sum(map(_is_readable, words[0].split())) <= 1:
        return words.span()
    if end - start < _MIN_PASSWORD or any(map(_is_readable, text[start:end].split("-"))):
        return None
    return (start, end) if how == "surely" or _ENDS_HERE.match(text, behind) else None


def _is_code(value: str) -> bool:
    """Say whether these are capitals that stand for nothing."""
    letters = value.replace("-", "")
    return len(letters) >= _MIN_LETTERS and letters.isalpha() and letters.isupper() and not _is_readable(value)


def _is_strange(value: str, *, least: int) -> bool:
    """Say whether this is no word of a language: digits, signs or capitals within."""
    return len(value) >= least and (any(map(str.isdigit, value)) or bool(_SIGN_WITHIN.search(value)))


def _is_readable(word: str) -> bool:
    return bool(_READABLE.match(word))


def _is_said(value: str) -> bool:
    """Say whether what stands beside a word for secrets is what one does with them, or says of them."""
    return _is_readable(value) or bool(_DONE.fullmatch(value))


def _bare(text: str, start: int, end: int) -> tuple[int, int]:
    """Answer a place without the marks around it."""
    while end > start and text[end - 1] in _CLOSING_MARKS:
        end -= 1
    while start < end and text[start] in _OPENING_MARKS:
        start += 1
    return start, end


def _skipped(text: str, at: int) -> int:
    """Answer where the next word begins, two lines further at most."""
    found = _BLANK.match(text, at)
    return found.end() if found else at
