"""English cues of mail that mail programs, machines and opinion polls leave behind, by topic."""

from __future__ import annotations

CUES: dict[str, str] = {
    "feedback": (
        "survey!, surveys!, quick survey, short survey, our survey, take the survey, take our survey, questionnaire!, "
        "poll, feedback!, your feedback, give us feedback, leave feedback, share your feedback, we value your, "
        "your opinion, opinion matters, your thoughts, tell us what you think, what do you think of, tell us how, "
        "tell us about, let us know how, let us know what, how did we do, how are we doing, how was, how was your, "
        "how did you find, how did you like, how satisfied, satisfied!, satisfaction!, customer satisfaction, rate!, "
        "rate us, rate your, rating!, ratings!, review!, reviews!, leave a review, write a review, review your, "
        "stars!, star rating, on a scale, scale of, how likely, would you recommend, recommend us, takes only, "
        "takes just, takes less than, only takes, a few minutes, a minute of your time, few questions, "
        "short questions, answer a few, quick questions, anonymous!, anonymously!, help us improve, help us to, "
        "improve our, your experience, recent experience, recent visit, recent purchase, recent stay, recent order, "
        "your recent, share your experience, take part, participate!, prize draw, gift card, market research, "
        "net promoter"
    ),
    "away": (
        "out of office, out of the office, out of town, away from the office, away from my desk, currently away, "
        "i am away, i'm away, am currently out, on vacation, on holiday, on annual leave, on leave, maternity leave, "
        "parental leave, sick leave, limited access, no access to email, limited access to email, will be back, "
        "i am back, be back on, back in the office, return on, returning on, upon my return, on my return, "
        "when i return, i will return, in urgent cases, urgent matters, for urgent, if urgent, in my absence, "
        "my absence, absence!, please contact my colleague, my colleague, contact my, automatic reply, auto reply, "
        "autoreply!, autoresponder!, will not be forwarded, not be forwarded, no longer with, left the company, "
        "will respond, as soon as i, respond when i, delayed response"
    ),
    "undelivered": (
        "undeliverable!, undelivered!, delivery failure, delivery failed, delivery status, not delivered, "
        "could not be delivered, couldn't be delivered, wasn't delivered, not be delivered, returned to sender, "
        "returned mail, mail delivery, mailer daemon, delivery report, failure notice, non delivery, "
        "address not found, user unknown, unknown user, recipient address rejected, mailbox unavailable, "
        "does not exist, mailbox full, permanent error, permanent failure, temporary failure, will keep trying, "
        "message bounced, bounced!"
    ),
    "scanned": (
        "scan!, scans!, scanned!, scanner!, scan from, scan to email, scanned document, scanned image, copier!, "
        "photocopier!, multifunction!, multifunction printer, incoming fax, fax!, fax received, pages, resolution, "
        "file format, attachment file type, read receipt, was read on, message was read"
    ),
}
