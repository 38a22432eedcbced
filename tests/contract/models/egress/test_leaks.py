"""More than 500 planted secrets, and the requests as they came over the wire: not one of them is there."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

import pytest
from stdnum import iban as iban_number
from stdnum import luhn
from stdnum.iso7064 import mod_11_10

from mailhelper_core import ProviderError, ReplyStyle
from mailhelper_core.egress.outgoing import letter
from mailhelper_core.egress.thread import message_in_thread
from tests.contract.models.desk import on_sqlite

# What is replaced in a text is decided in memory; that it is kept in both databases is said in test_gate.py.
text_alone = on_sqlite

SEED = 20260302
FIRST = (
    "Anna Björn Chiara Dmitri Élodie Farid Greta Henk İpek Jürgen Katarzyna Lars Mehmet Noémie Oleg Paweł Renate Søren"
)
LAST = "Abendroth Brückner Castellano Drzewiecki Echterhoff Falkenhagen Gößwein Haverkamp Ivanović Jørgensen Kowalczyk"
STREETS = "Lindenstraße Ahornweg Marktplatz Kastanienallee Mühlgasse Uferring"
GREETINGS = ("Hallo {first},", "Dear Mr {last},", "Sehr geehrte Frau {last},", "Hi {first} {last},", "Liebe {first},")
CLOSINGS = (
    "Viele Grüße\n{full}",
    "Kind regards\n{full}",
    "Mit freundlichen Grüßen\n{full}",
    "Best,\n{first}",
    "-- \n{full}",
)
SENTENCES = (
    "Bitte überweisen Sie bis 12.03.2026 den Betrag von 1.299,00 EUR auf {iban}.",
    "You can reach me at {phone} or {phone} any time, my assistant {full} too.",
    "Meine Adresse: {street}, schreiben Sie an {address}.",
    "Die Bestellung {order} und die Rechnung Nr. {order} liegen unter {url}.",
    "My card {card} was charged twice; my tax number is {tax}.",
    "Frau {full} sagt, die Steuer-ID {tax} fehle noch. Mobil: {phone}",
    "Tracking {order}: see {url} or ask {address}.",
    "IBAN {iban}, Karte {card}, Kundennummer {order}.",
    "Kto. {account} EUR 49,90, Kd {account} EUR 20, card {card} USD 20.",
    "Konto EUR {account}; {account} EUR; {iban} EUR 1.299,00; Tel. {phone} EUR",
    "The car {plate}, {host}, write to {spelled} or call {broken}.",
)


@dataclass(frozen=True)
class Person:
    first: str
    last: str
    address: str

    @property
    def full(self) -> str:
        return f"{self.first} {self.last}"


class Planter:
    """Makes secrets and remembers each."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.secrets: set[str] = set()

    def person(self) -> Person:
        first, last = self.random.choice(FIRST.split()), self.random.choice(LAST.split()) + self._letters(3)
        mailbox = f"{self._letters(6)}.{self._letters(5)}"
        self.secrets |= {last, mailbox}
        return Person(first, last, f"{mailbox}@{self._letters(8)}.example")

    def fill(self, template: str, person: Person) -> str:
        makers = {"iban": self.iban, "phone": self.phone, "card": self.card, "tax": self.tax, "order": self.order,
                  "url": self.url, "street": self.street, "account": self.account, "plate": self.plate,
                  "host": self.host, "spelled": self.spelled, "broken": self.broken}  # fmt: skip
        known = {"first": person.first, "last": person.last, "full": person.full, "address": person.address}
        return re.sub(r"\{(\w+)\}", lambda m: known.get(m[1]) or self._plant(makers[m[1]]()), template)

    def iban(self) -> str:
        country, bank = self.random.choice([("DE", ""), ("AT", ""), ("NL", "ABNA"), ("GB", "NWBK")])
        digits = self._digits({"DE": 18, "AT": 16, "NL": 10, "GB": 14}[country])
        whole = country + iban_number.calc_check_digits(f"{country}00{bank}{digits}") + bank + digits
        return self.random.choice([whole, iban_number.format(whole), whole.lower()])

    def phone(self) -> str:
        number = self._digits(7)
        return self.random.choice(
            [f"0{self._digits(3, first='1')}/{number}", f"+49 30 {number}", f"030 {number[:3]} {number[3:]}",
             f"(089) {number}", f"+1 212 {number[:3]}-{number[3:]}", f"0049-171-{number}", f"0171 {number}",
             f"+43 (0)1 {number}", f"+33 1 {number[:2]} {number[2:4]} {number[4:6]} 19"]
        )  # fmt: skip

    def card(self) -> str:
        digits = f"4{self._digits(14)}"
        whole = digits + luhn.calc_check_digit(digits)
        return self.random.choice([whole, " ".join(re.findall("....", whole)), "-".join(re.findall("....", whole))])

    def tax(self) -> str:
        digits = self._digits(8, first="1")
        vat = f"DE{digits}{mod_11_10.calc_check_digit(digits)}"
        return self.random.choice(
            [vat, self._digits(11, first="8"), f"{self._digits(2)}/{self._digits(3)}/{self._digits(5)}"]
        )

    def order(self) -> str:
        return self.random.choice(
            [f"A-{self._digits(6)}", f"{self._digits(3)}-{self._digits(7)}-{self._digits(7)}",
             f"R2026-{self._digits(5)}", f"#{self._digits(7)}", f"1Z{self._digits(3)}AA{self._digits(10)}"]
        )  # fmt: skip

    def url(self) -> str:
        host, path = self._letters(8), self._letters(10)
        return self.random.choice([f"https://{host}.example/{path}?id={self._digits(6)}", f"www.{host}.de/{path}"])

    def account(self) -> str:
        digits = self._digits(12)
        grouped = self.random.choice([" ", "."]).join(re.findall("...", digits))
        return self.random.choice([digits[:10], grouped, grouped[:11], f"0{digits[:9]}"])

    def plate(self) -> str:
        return f"B-XQ {self._digits(4)}"

    def host(self) -> str:
        return self.random.choice([f"{self._letters(9)}.koeln", f"2001:db8::{self._digits(4)}:{self._digits(4)}"])

    def spelled(self) -> str:
        return f"{self._letters(7)} at {self._letters(7)} dot example"

    def broken(self) -> str:
        return f"030 {self._digits(3)}\n{self._digits(3)} {self._digits(2)}"

    def street(self) -> str:
        return f"{self.random.choice(STREETS.split())} {self._digits(3)}"

    def _plant(self, secret: str) -> str:
        self.secrets.add(secret)
        return secret

    def _digits(self, count: int, first: str = "") -> str:
        return first + "".join(self.random.choice("23456789") for _ in range(count - len(first)))

    def _letters(self, count: int) -> str:
        return "".join(self.random.choice("bcdfghjklmnpqrstvwxz") for _ in range(count))


@text_alone
@pytest.mark.parametrize(("level", "threads", "at_least"), [("pseudonyms", 18, 500), ("strict", 4, 100)])
def test_none_of_the_planted_secrets_leaves(desk, level, threads, at_least):
    planter = Planter(SEED)
    desk.allow("classify", "embed", level=level)
    ids = [id_ for _ in range(threads) for id_ in _thread(desk, planter)]

    for id_ in ids:
        _send(desk, id_)

    leaked = sorted(set(_leaked(planter.secrets, desk.sent())))
    assert leaked == [], f"seed {SEED}"
    assert len(planter.secrets) >= at_least
    assert len(desk.server.received) == 2 * len(ids)


@text_alone
@pytest.mark.parametrize("purpose", ["reply", "summarize", "classify", "query"])
def test_nothing_leaves_by_any_purpose_nor_when_an_answer_is_repaired(desk, purpose):
    planter = Planter(SEED)
    every = Person("Petronella", "Quastenberg", "petronella@quast.example")
    planted = [planter.fill(sentence, every) for sentence in SENTENCES]
    planter.secrets |= {"Quastenberg", every.address}
    own = {"from_": "Ada <ada@home.example>", "to": f"{every.full} <{every.address}>"}
    for sentence in planted:
        desk.put("Plan", f"Hallo {every.full},\n\n{sentence}\n\nViele Grüße\nAda", **own)
    id_ = desk.mail("Und?", "Wie steht es?\n\n" + "\n\n".join(planted), from_=own["to"], to=own["from_"])
    desk.ada.replies.styles.set(ReplyStyle(instructions=planted[-3], signature=planted[-2]))
    desk.allow("reply", "summarize", "classify", "embed")

    _ask_for(desk, purpose, id_, planted)

    assert desk.server.received
    assert sorted(set(_leaked(planter.secrets, desk.sent()))) == [], f"seed {SEED}"


def _ask_for(desk, purpose: str, id_: int, planted: list[str]) -> None:
    # The answer is no JSON and repeats the mail: the repair shows it to the model once more.
    desk.server.answer = lambda question: question.text[:2_000]
    with suppress(ProviderError):
        if purpose == "reply":
            desk.ada.replies.draft(id_)
        elif purpose == "summarize":
            desk.ada.opinions.summarize(id_, provider=True)
        elif purpose == "classify":
            desk.ask(id_)
    if purpose == "query":
        desk.ada.vectors.use("provider:local")
        desk.ada.run(desk.account.id)
        for sentence in planted:
            desk.ada.search(f'"{sentence.replace(chr(34), "")}"', mode="meaning")
    else:
        assert len(desk.server.questions()) == 2, "the question, and its repair"


KNOWN = (
    ("Petronella Quastenberg", "Our Petronella asked whether QUASTENBERG may come, and so did Petronella's aunt."),
    ("Gößwein, Jörg", "Hat Jörg schon geantwortet? Joergs Bericht fehlt, sagt Goesswein."),
    ("Дмитрий Кузнецов", "Мы видели Дмитрия и говорили с Кузнецовым."),
    ("田中太郎", "昨日は田中さんに会いました。"),
)


@pytest.mark.parametrize(("name", "text"), KNOWN)
def test_whom_the_owner_writes_to_is_known_in_mail_that_names_them_in_no_header(desk, name, text):
    planned = "The quick plan of the week."
    desk.put("Plan", planned, from_="Ada <ada@home.example>", to=f'"{name}" <p@quast.example>')
    desk.ada.sync(desk.account.id)
    desk.allow("classify", "embed")

    _send(desk, desk.mail("News", f"{planned} {text}"))

    words = [word for word in re.split(r"[\W_]+", name) if word]
    assert [word for word in (*words, "Goesswein", "Joerg", "Дмитри", "Кузнецов", "田中") if word in desk.sent()] == []
    assert planned.removesuffix(".") in desk.sent()


def test_whom_the_owner_never_wrote_to_and_what_is_a_word_stay(desk):
    desk.put("Plan", "See you.", from_="Ada <ada@home.example>", to='"Will Price" <w@example.org>, amazon@shop.example')
    desk.put("Plan", "See you.", from_="Petronella Quast <p@quast.example>")
    desk.ada.sync(desk.account.id)
    desk.allow("classify")

    desk.ask(desk.mail("News", "Will the Price of Amazon fall? So says Petronella; see the plan."))

    assert "Will the Price of Amazon fall? So says Petronella; see the plan." in desk.sent()


@text_alone
def test_a_leak_would_be_seen(desk):
    planter = Planter(SEED)
    desk.allow("classify", "embed", level="none")
    for id_ in _thread(desk, planter):
        _send(desk, id_)

    assert set(_leaked(planter.secrets, desk.sent())) >= planter.secrets - set(LAST.split())


def _send(desk, message_id: int) -> None:
    desk.ask(message_id)
    message, _ = message_in_thread(desk.ada.egress.gate.owner, message_id)
    desk.ada.egress.gate.embed(desk.account.id, [letter(message)], provider="local")


def _thread(desk, planter: Planter) -> Iterator[int]:
    """Two mails of one thread: the second takes the first along as context."""
    answers = ""
    for number in range(2):
        person = planter.person()
        lines = [planter.fill(planter.random.choice(GREETINGS), person)]
        lines += [planter.fill(sentence, person) for sentence in planter.random.sample(SENTENCES, 6)]
        lines += [planter.fill(planter.random.choice(CLOSINGS), person)]
        subject = planter.fill(
            planter.random.choice(["Bestellung {order}", "Call {phone}", "An {full}: {iban}"]), person
        )
        yield desk.mail(
            f"{'Re: ' * number}{subject}",
            "\n\n".join(lines),
            from_=f'"{person.full}" <{person.address}>',
            answers=answers,
        )
        answers = desk.message_id


def _leaked(secrets: set[str], sent: str) -> Iterator[str]:
    """Yield secrets that stand in what was sent, whatever stands between their letters and digits."""
    bare = re.sub(r"[\W_]+", "", sent.casefold())
    for secret in secrets:
        if re.sub(r"[\W_]+", "", secret.casefold()) in bare:
            yield secret
