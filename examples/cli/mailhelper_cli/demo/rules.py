"""The rules of the demo: what an owner might write on the first day."""

from __future__ import annotations

from mailhelper_core import Rule

RULES = (
    Rule("spam", when="in:inbox spam>0.9", then=["discard", "stop"]),
    Rule("bills", when="category:finance has:attachment", then=[("tag", "bills"), ("addflag", "\\Flagged")]),
    Rule("meetings", when="in:inbox category:invitation", then=[("tag", "meetings")]),
    Rule("newsletters", when="in:inbox category:newsletter", then=[("tag", "reading"), "archive"]),
)
# What the demo looks for at the end, in the language of the rules.
QUERY = "tag:bills urgency>=2"
