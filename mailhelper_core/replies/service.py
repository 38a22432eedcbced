"""ReplyService: drafts in the owner's style, changed by the owner, saved to the server's drafts; never sent."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mailhelper_core.ai.prompts.read import prompt
from mailhelper_core.egress.gate import EgressGate
from mailhelper_core.egress.outgoing import Outgoing, outgoing
from mailhelper_core.egress.plain import OWN_WISH, Part
from mailhelper_core.egress.thread import mails_of
from mailhelper_core.errors import ConflictError, ConsentError, InvalidError, MailHelperError, ProviderError
from mailhelper_core.model.ai.reply import TONES, Draft, ReplyStyle, Tone
from mailhelper_core.model.door import guarded
from mailhelper_core.model.mail.message import MessageDetail
from mailhelper_core.model.mail.text import clean_header
from mailhelper_core.model.work.operation import Change
from mailhelper_core.model.work.report import ErrorNote, IsCancelled, Page
from mailhelper_core.replies import templates
from mailhelper_core.replies.compose import addressee, kept, octets, own_address, reply_subject
from mailhelper_core.replies.habits import examples, habits
from mailhelper_core.replies.kind import is_foreign, language_of, mail_type
from mailhelper_core.replies.strange import known_of, note_of, without_strange
from mailhelper_core.replies.styles import StyleService, merged, sent
from mailhelper_core.store.mail import accounts, messages
from mailhelper_core.store.mail.readable import the
from mailhelper_core.store.mind import replies
from mailhelper_core.store.unit_of_work import OwnerStore
from mailhelper_core.store.work import changes, drafts
from mailhelper_core.store.work.decisions import Decision, decide

MAX_BODY_CHARACTERS = 50_000
# One that was made has at most half as many.
MAX_EDITED_SUBJECT = 1_000
MAX_LIMIT = 200
_BATCH = 20
# Of why a provider wrote none: a plugin's own words may be of any length.
_MAX_REASON = 500
NO_PROVIDER = "written from a template: no model provider may be asked"
# Follows why a template wrote it.
FOREIGN = "; no template is in the mail's language"
# What a model is asked for where the mail is in neither of the languages that templates have.
OF_THE_MAIL = 'that of the part named "message"'
_Shown = Sequence[tuple[MessageDetail, str]]  # mails of the owner, and what is shown of each
NOBODY_WAITS = "nobody waits for an answer to this mail"


@guarded
@dataclass(frozen=True, slots=True)
class ReplyService:
    """The drafts of one owner. Every call raises NotFoundError for unknown and foreign ids.

    Those that read the message raise ConflictError `unreadable` where its row is damaged.
    """

    owner: OwnerStore
    gate: EgressGate
    styles: StyleService

    def draft(self, message_id: int, *, tone: Tone = "friendly", language: str = "", provider: bool = True) -> Draft:
        """Draft an answer to a message; by the model provider with consent to `reply`, else by a template that says so.

        A newsletter and other mail that nobody waits for an answer to gets none: the draft's state is `none`. Nothing
        reaches the server before `save`. Raises InvalidError for an unknown tone or language.
        """
        self.owner.require_own_transaction("drafting a reply")
        _require_known(tone, language)
        made = self._made(message_id, tone, language, provider=provider)
        if made.state == "none":
            return made
        with self.owner.begin() as uow:
            messages.require(uow, [message_id])
            draft, _ = replies.get(uow, replies.add(uow, made))
        return draft

    def get(self, draft_id: int) -> Draft:
        """Answer a draft."""
        with self.owner.read() as uow:
            return _measured(*replies.get(uow, draft_id))

    def list(self, *, message_id: int | None = None, after: str | None = None, limit: int = 50) -> Page[Draft]:
        """Answer drafts, newest first."""
        if not 1 <= limit <= MAX_LIMIT:
            raise InvalidError(f"A page has 1 to {MAX_LIMIT} drafts.", code="limit")
        with self.owner.read() as uow:
            if message_id is not None:
                messages.require(uow, [message_id])
            found = replies.page(uow, message_id=message_id, after=after, limit=limit)
        return Page(tuple(_measured(*one) for one in found), found.next)

    def edit(self, draft_id: int, *, body: str, subject: str | None = None) -> Draft:
        """Change a draft that is not saved yet; `kept` says how much of it is still as it was made.

        Raises ConflictError for a saved one, InvalidError for too long a text or subject.
        """
        if len(body) > MAX_BODY_CHARACTERS:
            raise InvalidError(f"A draft has at most {MAX_BODY_CHARACTERS} characters.", code="draft")
        if subject is not None and len(subject) > MAX_EDITED_SUBJECT:
            raise InvalidError(f"A subject has at most {MAX_EDITED_SUBJECT} characters.", code="draft")
        with self.owner.begin() as uow:
            uow.lock_owner()  # who clicks twice has two requests, and both would find it unsaved
            draft, _ = replies.get(uow, draft_id)
            _require_unsaved(draft)
            replies.edit(uow, draft_id, draft.subject if subject is None else subject, body)
            return _measured(*replies.get(uow, draft_id))

    def save(self, draft_id: int) -> Change:
        """Let a draft be put into the server's drafts mailbox at the next delivery; `undo` removes it there.

        Raises ConflictError for one that is saved already or not made yet.
        """
        with self.owner.begin() as uow:
            uow.lock_owner()  # who clicks twice has two requests, and both would find it unsaved
            draft, _ = replies.get(uow, draft_id)
            _require_unsaved(draft)
            message = the(uow, draft.message_id)
            account = accounts.get(uow, self.owner.owner, draft.account_id)
            raw = octets(draft, message, own_address(message, account.username))
            change_id = changes.new_change(uow, "draft")
            decide(uow, change_id, [Decision(drafts.prepare(uow, draft.message_id, raw))])
            replies.saved(uow, draft_id, change_id)
            return changes.get(uow, change_id)

    def discard(self, draft_id: int) -> None:
        """Forget a draft here; one that is saved stays at the server."""
        with self.owner.begin() as uow:
            replies.get(uow, draft_id)
            replies.remove(uow, draft_id)

    def make_asked(self, account_id: int, *, cancel: IsCancelled | None = None) -> tuple[int, tuple[ErrorNote, ...]]:
        """Draft what rules asked for (`draft_reply`); answer how many were made, and what failed."""
        self.owner.require_own_transaction("draft_reply")
        with self.owner.read() as uow:
            accounts.get(uow, self.owner.owner, account_id)
        made, errors = 0, dict[ErrorNote, None]()
        for one in () if cancel and cancel() else self._asked(account_id):
            try:
                draft = self._made(one.message_id, one.tone, "", provider=True)
            except MailHelperError as exc:
                errors[ErrorNote.of("reply", exc)] = None
                continue
            with self.owner.begin() as uow:
                is_ours = replies.fill(uow, one.id, draft)
            made += is_ours and draft.state != "none"
            # After each that is written: a small model takes a minute. Not after one that failed, which waits on.
            if cancel and cancel():
                break
        return made, tuple(errors)

    def _asked(self, account_id: int) -> Iterator[Draft]:
        after = 0
        while True:
            with self.owner.read() as uow:
                waiting = replies.asked(uow, account_id, _BATCH, after=after)
            if not waiting:
                return
            after = waiting[-1].id
            yield from waiting

    def _made(self, message_id: int, tone: str, language: str, *, provider: bool) -> Draft:
        message, thread, style, shown = self._read(message_id, tone, language)
        kind = mail_type(message)
        draft = Draft(0, message.account_id, message_id, tone, "made", style.language, kind, reply_subject(message))
        if kind == "newsletter":
            return replace(draft, state="none", subject="", note=NOBODY_WAITS)
        is_familiar = templates.is_familiar(style.salutation, addressee(message), tone)
        middle = templates.sentence(style.language, tone, kind, is_familiar=is_familiar)
        made_by, note, is_open = "template", NO_PROVIDER, not language and is_foreign(message)
        if provider:
            try:
                answer = self.gate.ask(_question(message, thread, style, shown, is_open=is_open))
                known = known_of([message, *thread, *(one for one, _ in shown)], (style.instructions, style.signature))
                middle, count = without_strange(str(answer.data["body"]).strip(), known)
                made_by, note = f"{answer.said_by} {answer.version}", note_of(count)
            except ConsentError:
                note = NO_PROVIDER
            except ProviderError as exc:
                note = f"written from a template: {clean_header(str(exc)[:_MAX_REASON])}"
        if made_by == "template" and is_open:
            note += FOREIGN
        is_whole = made_by != "template" and is_open and templates.is_greeting_of_another(middle)
        body = "\n".join(filter(None, [f"{middle}\n", style.signature])) if is_whole else _whole(middle, message, style)
        return replace(draft, body=body, made_by=made_by, note=note)

    def _read(
        self, message_id: int, tone: str, language: str
    ) -> tuple[MessageDetail, Sequence[MessageDetail], ReplyStyle, _Shown]:
        """Answer a message, its thread, the style that holds, and examples of how the owner writes."""
        with self.owner.read() as uow:
            message = the(uow, message_id)
            spoken = language or language_of(message)
            own = sent(uow, self.owner.owner, message.account_id)
            style = merged(replies.styles(uow), message.account_id, tone, spoken)
            alike = [one for one in own if language_of(one) == spoken]
            learned = habits(alike, tone=tone, person=addressee(message).addr_spec)
            style = replace(
                style,
                salutation=style.salutation or learned.salutation or templates.SALUTATIONS[spoken][tone],
                closing=style.closing or learned.closing or templates.CLOSINGS[spoken][tone],
            )
            return message, mails_of(uow, message), style, examples(own)


def question(service: ReplyService, message_id: int, *, tone: str, language: str) -> Outgoing:
    """Answer what a provider would be asked for a draft; for the preview. Raises NotFoundError, InvalidError."""
    _require_known(tone, language)
    message, thread, style, shown = service._read(message_id, tone, language)
    return _question(message, thread, style, shown, is_open=not language and is_foreign(message))


def _require_known(tone: str, language: str) -> None:
    if tone not in TONES or language not in ("", "de", "en"):
        raise InvalidError(f"A tone is one of {', '.join(TONES)}, a language de or en.", code="tone")


def _question(
    message: MessageDetail, thread: Sequence[MessageDetail], style: ReplyStyle, shown: _Shown, *, is_open: bool
) -> Outgoing:
    spoken = OF_THE_MAIL if is_open else style.language
    wishes = f"tone: {style.tone}\nlanguage: {spoken}\ninstructions: {style.instructions}"
    extra = [Part(OWN_WISH, wishes), *(Part("example", text) for _, text in shown)]
    others = [one for one, _ in shown]
    return outgoing(message, "reply", prompt("reply"), thread=thread, extra=extra, others=others)


def _whole(middle: str, message: MessageDetail, style: ReplyStyle) -> str:
    greeting = templates.salutation(style.salutation, addressee(message), style.language, style.tone)
    first = middle.split("\n", 1)[0].strip()
    is_greeted = first and first.rstrip(",!") == greeting.rstrip(",!")
    body = middle if is_greeted else f"{greeting}\n\n{templates.ungreeted(middle)}"
    return "\n".join(filter(None, [f"{body}\n", style.closing, style.signature]))


def _measured(draft: Draft, made: str) -> Draft:
    return replace(draft, kept=kept(made, draft.body))


def _require_unsaved(draft: Draft) -> None:
    if draft.state != "made":
        raise ConflictError("This draft is saved already, or not made yet.", code="draft_state")
