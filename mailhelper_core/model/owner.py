"""What an owner has set for all accounts: where their days begin, their language, and what learning may do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Who accepts more wants every suggestion.
MOST_TAG_ERRORS = 0.5
# RFC 5646 2.1, the parts that people use: a language, perhaps a script, perhaps a region.
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?")


@dataclass(frozen=True, slots=True)
class OwnerSettings:
    """An owner's settings; what is empty is unknown."""

    time_zone: str = "UTC"  # a name of the IANA database: days of queries and rules begin at its midnight
    language: str = ""  # a language tag such as `de` or `en-GB`; classifiers hear of it
    tag_errors: float = 0.0  # share of the tags set without asking that may be wrong; 0: every tag is asked about
    shares_learning: bool = False  # what is learned helps the other owners who share, and theirs this one

    @property
    def zone(self) -> tzinfo:
        """The time zone itself; UTC on a machine that has no data about it: days shift, but mail is found."""
        return _zone(self.time_zone) or UTC


def why_not_settings(settings: OwnerSettings) -> str:
    """Answer what is wrong with settings, empty when nothing is."""
    if _zone(settings.time_zone) is None:
        return "the time zone is not a name of the IANA database, such as Europe/Berlin"
    if settings.language and not _LANGUAGE.fullmatch(settings.language):
        return "the language is not a tag such as de or en-GB"
    if not 0 <= settings.tag_errors <= MOST_TAG_ERRORS:
        return f"the share of wrong tags is a number from 0 to {MOST_TAG_ERRORS}"
    return ""


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # unknown, a path out of the database, one of its folders
        return None
