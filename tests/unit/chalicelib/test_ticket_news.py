"""What an entry is news of: to the customer, by which channel; to the staff, to whom. Pure: no cloud."""

import string
from datetime import UTC, datetime
from typing import Any

import pytest

from chalicelib.platform.clock import stamp
from chalicelib.platform.words import LANGUAGES
from chalicelib.tickets import clocks
from chalicelib.tickets.departments import Department
from chalicelib.tickets.news import Message, Reach, to_customer, way_of_reply
from chalicelib.tickets.notices import House, to_staff
from chalicelib.tickets.rules import MOVES, Ticket, apply
from chalicelib.tickets.timeline import entry
from chalicelib.tickets.words import by_when, catalogue, grouped

AT = datetime(2026, 11, 25, 2, tzinfo=UTC)  # a Wednesday, 10:00 in Shanghai
NUMBER, MOBILE, EMAIL = "2612345674", "+8613800138000", "wang@example.com"
KNOWN = Reach(MOBILE, EMAIL)
FEES = Department("fees", {"en": "Fees"}, "fees@house.example", "head@house.example")
HOUSE = House("boss@house.example", "house.example", "letters@house.example", "en")
COMPLAINT = {"kind": "complaint", "channel": "web", "language": "en", "subject": "Fees", "customer_id": "C-1"}


class Case:
    """A ticket and the entry that was done last."""

    def __init__(self, **more: Any) -> None:
        self.done = entry(NUMBER, 1, stamp(AT), "customer", "register", "", COMPLAINT | more, "k", "")
        self.ticket: Ticket = apply(None, self.done)

    def do(self, verb: str, why: str = "because", by: str = "agent:li", at: datetime = AT, **details: Any) -> "Case":
        before = self.ticket
        self.done = entry(NUMBER, before.version + 1, stamp(at), by, verb, why, details, verb, before.head)
        self.ticket = apply(before, self.done)
        return self

    def resolved(self, result: str = "the fee is paid back") -> "Case":
        self.do("accept").do("assign", assignee="agent:mei").do("investigate")
        return self.do("resolve", result)

    def said(self, reach: Reach = KNOWN, longest: int = 200) -> list[Message]:
        return to_customer(self.done, self.ticket, reach, "https://s/t", longest)

    def notices(self, reach: Reach = KNOWN, house: House = HOUSE) -> dict[str, str]:
        """The subject of what is told, by address."""
        way = way_of_reply(self.ticket, reach)
        return {told.to: told.subject for told in to_staff(self.done, self.ticket, way, house, "letters/1.pdf")}


def test_numbers_and_days_are_written_as_people_read_them() -> None:
    assert grouped(NUMBER) == "261 234 5674"
    assert by_when(datetime(2026, 11, 24, 16, tzinfo=UTC)) == "2026-11-24"  # midnight ends that day
    assert by_when(AT) == "2026-11-25 10:00"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogues_have_the_same_texts_with_the_same_places(language: str) -> None:
    def places(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    first = catalogue(LANGUAGES[0])
    assert {key: places(text) for key, text in catalogue(language).items()} == {
        key: places(text) for key, text in first.items()
    }
    clocked = {row["clock"] for rows in clocks._rows() for row in rows["clocks"]} - {"silence"}
    assert {f"clock.{name}" for name in clocked} <= first.keys()


def test_the_customer_is_told_of_each_step_that_is_theirs() -> None:
    case = Case()
    texts = [case.said()[0].text]
    for verb, details in {
        "accept": {},
        "assign": {"assignee": "agent:mei"},
        "investigate": {},
        "ask_customer": {},
        "hear_customer": {},
        "extend": {"days": 30, "most": 30},
    }.items():
        texts += [told.text for told in case.do(verb, f"why {verb}", **details).said()]
    assert texts == [
        "We have received your complaint. Its ticket number is 261 234 5674. You will hear from us as it goes on.",
        "Your ticket 261 234 5674 has been accepted. We will settle it by 2027-01-24.",
        "About your ticket 261 234 5674 we need to ask you: why ask_customer",
        "Your ticket 261 234 5674 takes longer, until 2027-02-23, because: why extend",
    ]


def test_a_refusal_has_its_reason_and_an_end_its_thanks() -> None:
    refused = Case().do("refuse", "not ours").said()
    assert [told.text for told in refused] == ["Your ticket 261 234 5674 is not accepted, because: not ours"]
    case = Case().resolved().do("reply").do("confirm")
    assert case.said() == []
    assert case.do("close").said()[0].what == "closed"
    assert case.do("reopen").said()[0].what == "reopened"
    merged = Case().do("merge", into="2687654321").said()
    assert "as the ticket 268 765 4321" in merged[0].text


@pytest.mark.parametrize(
    ("reply_by", "reach", "way"),
    [
        ("sms", KNOWN, "sms"),
        ("email", KNOWN, "email"),
        ("call", KNOWN, "call"),
        ("letter", KNOWN, "sms"),  # no address
        ("email", Reach(MOBILE, ""), "sms"),
        ("sms", Reach("", EMAIL), "email"),
        ("call", Reach("", EMAIL), "email"),
        ("sms", Reach("", ""), ""),
    ],
)
def test_the_result_goes_the_way_that_was_chosen_or_one_that_there_is(reply_by: str, reach: Reach, way: str) -> None:
    assert way_of_reply(Case(reply_by=reply_by).ticket, reach) == way


def test_a_short_result_is_an_sms_with_the_survey() -> None:
    [sms] = Case().resolved().do("reply").said()
    assert (sms.channel, sms.to) == ("sms", MOBILE)
    assert sms.text == (
        "The result of your ticket 261 234 5674: the fee is paid back\nHow did we do? Please say so here: https://s/t"
    )


def test_a_long_result_is_cut_in_the_sms_and_whole_in_the_mail() -> None:
    case = Case().resolved("x" * 201).do("reply")
    sms, mail = case.said()
    assert f"{'x' * 199}… (The whole of it has been e-mailed to you.)" in sms.text
    assert (mail.to, "x" * 201 in mail.text, mail.subject) == (EMAIL, True, "Your ticket 261 234 5674")
    [alone] = case.said(Reach(MOBILE, ""))
    assert "… (For the whole of it, call us" in alone.text


def test_by_mail_by_call_and_by_letter() -> None:
    [mail] = Case(reply_by="email").resolved().do("reply").said()
    assert (mail.channel, "https://s/t" in mail.text, mail.text.endswith("leave the number in its subject.\n")) == (
        "email", True, True,
    )  # fmt: skip
    call = Case(reply_by="call").resolved().do("reply")
    assert [told.what for told in call.said()] == ["replied.call"]
    assert call.notices() == {"mei@house.example": "Ticket 261 234 5674: please call the customer and tell the result"}
    [task] = to_staff(call.done, call.ticket, "call", HOUSE._replace(tasks=True))
    assert (task.channel, task.subject) == ("task", call.notices()["mei@house.example"])
    letter = Case(reply_by="letter", address="Nanjing Road 1").resolved().do("reply")
    printed, sms = letter.said()
    assert (printed.channel, printed.text) == ("letter", "the fee is paid back")
    assert (sms.channel, sms.what) == ("sms", "replied.letter")
    assert letter.notices() == {
        "letters@house.example": "Ticket 261 234 5674: please print and send the letter letters/1.pdf"
    }


def test_who_left_nothing_is_told_nothing_and_the_house_hears_so() -> None:
    nobody = Reach("", "")
    assert Case().said(nobody) == []
    replied = Case().resolved().do("reply")
    assert replied.said(nobody) == []
    assert list(replied.notices(nobody)) == ["mei@house.example"]


def ring(case: Case, stage: str, to: str, clock: str = "resolution") -> Case:
    return case.do("ring", "", "system:clocks", clock=clock, stage=stage, to=to, due=stamp(AT))


def test_clocks_are_heard_by_who_handles_the_ticket_and_then_by_who_stands_above() -> None:
    case = Case().do("accept").do("assign", assignee="agent:mei").do("watch", who="agent:wu")
    handlers = ["mei@house.example", "wu@house.example"]
    assert ring(case, "warn", "").notices() == dict.fromkeys(
        handlers, "Ticket 261 234 5674: resolution is due 2026-11-25 10:00"
    )
    assert list(ring(case, "breach", "supervisor").notices()) == [*handlers, "boss@house.example"]
    assert list(ring(case, "head", "head").notices()) == [*handlers, "boss@house.example"]
    asked = HOUSE._replace(department=FEES)
    assert list(ring(case, "head", "head").notices(house=asked)) == [*handlers, "head@house.example"]


def test_what_nobody_handles_the_supervisor_hears_and_silence_nobody() -> None:
    assert list(ring(Case(), "warn", "", "acceptance").notices()) == ["boss@house.example"]
    assert list(ring(Case(), "breach", "supervisor", "acceptance").notices()) == ["boss@house.example"]
    assert ring(Case().resolved().do("reply"), "over", "", "silence").notices() == {}


def test_a_department_is_told_by_when_and_its_answer_goes_to_who_asked() -> None:
    case = Case().do("accept").do("assign", assignee="agent:mei").do("transfer", "please look", department="fees")
    house = HOUSE._replace(department=FEES)
    assert case.notices(house=house) == {
        "fees@house.example": "Ticket 261 234 5674: handed to your department, which is to answer by 2026-11-30 10:00"
    }
    assert list(case.notices()) == ["boss@house.example"]  # of a department that is not known
    [told] = to_staff(case.done, case.ticket, "sms", house)
    assert told.text.endswith("\n\nplease look\n\nKind: complaint\nSeverity: normal\nSubject: Fees\n")
    assert list(case.do("answer", by="agent:fees").notices(house=house)) == ["mei@house.example"]


def test_nobody_is_told_of_what_they_did_themselves() -> None:
    assert list(Case().do("accept").do("assign", assignee="agent:mei").notices()) == ["mei@house.example"]
    assert Case().do("accept").do("assign", by="agent:mei", assignee="agent:mei").notices() == {}


def test_every_move_that_waits_for_somebody_is_told() -> None:
    """Who has to do something next hears of it; what the house does for itself is told to nobody."""
    silent = {"investigate", "resolve", "confirm"}
    customer = {"accept", "refuse", "ask_customer", "reply", "close", "reopen"}
    assert silent | customer | {"assign", "hear_customer"} == MOVES.keys()
