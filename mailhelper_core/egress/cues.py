"""Names that the words around them give away: greetings, closings, titles, signatures, quotes; pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mailhelper_core.egress.names import name_words
from mailhelper_core.model.ai.recognizer import PersonalData

# Bounded: a word of thousands of letters would be tried from each of them to its end.
_CAP = r"[^\W\d_a-zß-ÿ][^\W\d_]{0,40}(?:['’-][^\W\d_]{1,40}){0,3}"
_FULL = rf"{_CAP}\.?(?:[ ](?:(?:von|van|de|del|der|den|zu|di|da|la)[ ]){{0,2}}{_CAP}\.?){{0,3}}"
_DEGREE = r"(?:[ ](?:med|phil|jur|rer|nat|pol|oec|ing|dent|vet|h\. ?c)\.){0,4}"
_TITLE = rf"(?:Herrn?|Frau|Mrs?|Ms|Miss|Dr|Prof|Sir|Madam|Mme|Monsieur|Señora?)\.?{_DEGREE}"
# Quotes and marks of stress before a line's first word.
_LINE = r"^[>\s*]{0,12}"
_GREETING = (
    r"(?i:hi|hello|hey|dear|hallo|hallihallo|liebe[rs]?|sehr geehrte[rs]?|geehrte[rs]?|guten (?:tag|morgen|abend)"
    r"|moin|servus|grüezi|good (?:morning|afternoon|evening)|cher|chère|bonjour|ciao|hola)"
)
_GREETS = r"grüße|grüsse|grüßen|grüssen|gruß|gruss|greetings|regards|wishes"
_CLOSING = (
    rf"(?i:(?:\w+ ){{0,3}}(?:{_GREETS})(?:[ ](?:aus|von|from|sendet|senden)(?:[ ]\w{{1,40}}){{0,2}})?|sincerely"
    r"|yours(?: \w+){0,2}|cheers|(?:all the )?best|thanks|thank you|danke|mfg|lg|vg|bis bald|love|hochachtungsvoll"
    r"|ihre?|euer|eure|deine?|herzlichst|alles (?:liebe|gute)|take care|cordialement|warmly|respectfully)"
)
# For somebody else: "i. A. Ada Lovelace".
_ON_BEHALF = r"(?:(?:i\. ?[AVav]\.|ppa\.?|p\. ?p\.|gez\.)[ ]?)?"
_WROTE = (
    r"(?:wrote|schrieb|a écrit|ha scritto|escribió|escreveu|schreef|skrev|kirjoitti|napisał(?:\(a\)|a)?|napsala?"
    r"|написал[аи]?|a scris|írta)"
)
# A program that quotes breaks long lines wherever a blank is.
_BREAK = r"(?:[ ]|[ ]?\n[> ]{0,6})"
_WRAPPED = rf"{_CAP}\.?(?:{_BREAK}{_CAP}\.?){{1,3}}"
_CUES = tuple(
    re.compile(pattern, re.MULTILINE)
    for pattern in (
        rf"\b{_TITLE}[ ](?:{_TITLE}[ ]){{0,2}}(?P<name>{_FULL})",
        rf"(?:{_LINE}|,[ ]{{1,2}}){_GREETING}[ ,]{{1,3}}(?P<name>{_FULL})",
        r"(?i:my name is|mein name ist|ich heiße|i am called|gezeichnet|gez\.|signed by|sent by|gesendet von"
        rf"|attn\.?:?|z\. ?hd\.(?: von)?)[ ](?P<name>{_FULL})",
        rf"{_LINE}(?i:name|kontakt|contact|ansprechpartner(?:in)?|patient(?:in)?|kontoinhaber(?:in)?|empfänger(?:in)?"
        rf"|mieter(?:in)?|kund(?:e|in)|passenger|policy holder|account holder|versicherungsnehmer(?:in)?"
        r"|(?:vor|nach|zu|ruf|geburts|familien|mädchen)name(?:[ ]\w{2,10}){0,2}"
        r"|(?:first|last|given|family|full|maiden|middle) name|surname)"
        rf"\s?:[ *]{{0,3}}(?P<name>{_FULL}(?:,[ ]{_CAP})?)",
        rf"(?P<name>{_FULL})[ ]?[<(\[][^\s<>]{{1,100}}@",
        rf"{_LINE}{_CLOSING}[,.!]?[ ]?\n(?:[>\s]{{0,6}}\n){{0,2}}[>\s]{{0,12}}{_ON_BEHALF}(?P<name>{_FULL})"
        r"(?=[ ]?[\n|,<(]|[ ]?\Z)",
        # On one line: "Viele Grüße, Petra", "VG Petra"
        rf"{_LINE}(?i:(?:\w+ ){{0,3}}(?:{_GREETS})[,!]?|(?:vg|lg|mfg|danke|cheers)[,!]?"
        rf"|(?:(?:all the )?best|thanks|thank you|sincerely|love)[,!])[ ](?P<name>{_FULL})[ ]?$",
        rf"^--[ ]?\n[>\s]{{0,6}}(?P<name>{_FULL})",
        rf"\b(?P<name>{_FULL})(?:[ ]via[ ][^\n:]{{1,40}})?[ ]{_WROTE}(?:[ ](?:am|um|on|at)\b|\s{{0,3}}:)",
        rf"\b{_WROTE}[ ](?P<name>{_FULL})[ ]?[:<(\[]",
        rf"(?:,|\d|>)[ ]?{_BREAK}(?P<name>{_WRAPPED}){_BREAK}{_WROTE}\s{{0,3}}:",
        rf"\b{_WROTE}{_BREAK}(?P<name>{_WRAPPED})[ ]?[:<(\[]",
        rf"(?i:[;:]CN=)\"?(?P<name>{_FULL})",
        # Written small: only where nothing else stands in the line.
        rf"{_LINE}(?i:hi|hey|hello|hallo|moin|servus|liebe[rs]?|dear)[ ](?P<name>[^\W\d_]{{3,20}})[ ]?[,!]?[ ]?$",
        rf"{_LINE}(?i:vg|lg|mfg|(?:viele|liebe|beste|schöne) grüße|cheers)[ ,]{{1,2}}(?P<name>[^\W\d_]{{3,20}})[ ]?$",
    )
)
# Who stands in the header of a mail that is quoted, one after the other: "To: Ada Lovelace; Hopper, Grace".
_QUOTED_HEADER = re.compile(
    rf"{_LINE}(?i:from|to|cc|bcc|von|an|sender|absender|organi[zs](?:er|ator)|attendees?|teilnehmer"
    r"|reply-to|antwort an|kopie|gesendet von|sent by|weitergeleitet von|forwarded by|van|aan|från|till|fn|n)"
    r"\s?:[ *]{0,3}"
    r"(?P<people>[^\n]{1,400})",
    re.MULTILINE,
)
_EACH = re.compile(rf"(?<![\w@.]){_FULL}(?:,[ ]{_CAP}(?=[\"”]?[ ]?(?:[<\[;]|$)))?")

# What stands where a name could, and is none.
_DAYS = "monday tuesday wednesday thursday friday saturday sunday today tomorrow"
_GERMAN_DAYS = "montag dienstag mittwoch donnerstag freitag samstag sonntag heute gestern morgen bis"
_OTHERS = (
    "dir euch dich ihnen nochmal vielmals zusammen vorstand mate order next steps post outlook there again folks guys"
    " everybody everyone together world welt leute beide miteinander ladies gents both team you people"
)
_NOBODY = frozenset(f"{_DAYS} {_GERMAN_DAYS} {_OTHERS}".split())


def cued(text: str) -> Iterator[PersonalData]:
    """Yield names that the words around them give away."""
    for cue in _CUES:
        for match in cue.finditer(text):
            if _is_somebody(match["name"]):
                yield PersonalData("name", match.start("name"), match.end("name"))
    for header in _QUOTED_HEADER.finditer(text):
        at = header.start("people")
        for match in _EACH.finditer(header["people"]):
            if _is_somebody(match[0]):
                yield PersonalData("name", at + match.start(), at + match.end())


def _is_somebody(name: str) -> bool:
    return any(word.casefold() not in _NOBODY for word in name_words(name))
