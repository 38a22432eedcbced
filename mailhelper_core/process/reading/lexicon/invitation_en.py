"""English cues of mail that asks somebody to come, by topic."""

from __future__ import annotations

CUES: dict[str, str] = {
    "party": (
        "party!, birthday!, birthday party, birthday dinner, wedding!, engagement party, baby shower, christening!, "
        "housewarming!, house warming, anniversary!, graduation!, farewell party, farewell drinks, leaving do, "
        "leaving drinks, celebrate!, celebrating!, celebration!, barbecue!, barbeque!, bbq!, cookout!, potluck!, "
        "dinner, dinner party, garden party, street party, summer party, christmas party, new year's eve, brunch!, "
        "drinks, picnic!, bonfire!, get together, gathering!, come over, come round, come along, come and join, "
        "join us, join me, please join, celebrate with us, celebrate with me, would love you to, love to have you, "
        "love for you to come, love to see you there, hope you can come, hope you can make it, hope you can join, "
        "you're invited, you are invited, you are cordially, cordially invite, invite you, inviting you, bring a, "
        "bring your, bring a bottle, bring a dish, food and drinks, plus one, at our place, at my place, "
        "at our house, in our garden, in the garden, turning, turns, see you there, the more the merrier, "
        "kids are welcome, partners welcome, starting at, from ... onwards, until late, surprise party"
    ),
    "event": (
        "invitation!, invitations!, invitation to, invite!, invited!, inviting!, invites!, save the date, "
        "mark your calendar, mark your calendars, pencil in, attend!, attending!, attendance!, attendees!, "
        "register now, register here, registration!, registration is open, sign up for, rsvp!, event, events, "
        "conference!, congress!, seminar!, workshop!, lecture!, talk by, panel discussion, opening night, "
        "exhibition!, reception!, open house, open day, reunion!, meetup!, meet up, ceremony!, gala!, fundraiser, "
        "venue!, dress code, doors open, keynote!, guest of honour, guest of honor, guests, programme, "
        "we would be delighted, honoured to, pleased to invite, delighted to invite, place is reserved, "
        "spaces are limited, parents evening, assembly!"
    ),
    "meeting": (
        "meeting!, meetings!, meeting request, meeting invitation, team meeting, staff meeting, agenda!, kick off, "
        "kickoff!, catch up, sync up, standup!, stand up, one on one, conference call, video call, zoom, "
        "teams meeting, google meet, dial in, join the meeting, join the call, join by phone, meeting id, passcode, "
        "meeting room, conference room, calendar invite, calendar!, participants!, organizer!, organiser!, "
        "when where, recurring, propose a time, proposed time, time slot, appointment!, schedule a call, "
        "scheduled for, minutes"
    ),
    "reply-wanted": (
        "rsvp!, please rsvp, rsvp by, let me know if you can, let us know if you can, let me know if you're, "
        "let us know whether, let me know whether, can you make it, can you come, can you join, will you be there, "
        "will you come, are you coming, are you in, are you free, who's in, who is in, who's coming, "
        "if you can make it, count me in, how many of you, dietary!, food allergies, accept or decline, accept, "
        "decline!, declined!, accepted!, tentative!, tentatively!, maybe, yes no maybe, going, not going, regrets"
    ),
    "change-of-date": (
        "rescheduled!, reschedule!, postponed!, postpone!, cancelled!, canceled!, called off, has been moved, "
        "moved to, new date, new time, change of date, change of plan, change of venue, change of time, "
        "brought forward, will not take place, won't take place, takes place, will take place, instead of"
    ),
}
