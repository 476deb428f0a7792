"""Tickets by phone: a complaint and its number, where a ticket stands, and what the caller thinks of it."""

from datetime import datetime, timedelta
from typing import Any, get_args

import pytest

from chalicelib import customers, tickets
from chalicelib.platform.words import LANGUAGES
from chalicelib.tickets.categories import categories, category_names
from chalicelib.tickets.models import TicketRecord
from chalicelib.tickets.rules import State, Ticket
from chalicelib.voice.call import read_call
from chalicelib.voice.speech import catalogue, digits

from .caller import Seal, ask, identified
from .seed import ACCOUNT, ACCOUNT_NUMBER, PIN
from .trading_seed import at

MOBILE, STRANGER, EMAIL = "+8613800138000", "+8613900139000", "wang@example.com"
ENGLISH = {"Language": "en"}


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Tuesday, 24 November 2026."""
    monkeypatch.setattr("chalicelib.voice.tickets.now", lambda: at("10:00"))


@pytest.fixture
def customer(cloud: None, seal: Seal) -> dict[str, str]:
    """The attributes of a caller who has proved who they are."""
    customers.register(
        account_number=ACCOUNT_NUMBER, pin=PIN, customer_id="C-1", account_id=ACCOUNT, name="王芳", level="vip",
        mobile=MOBILE, email=EMAIL,
    )  # fmt: skip
    return identified(seal) | {"Identified": "yes", "CustomerLevel": "vip"}


def choose(key: str, attributes: dict[str, str] = ENGLISH, number: str = MOBILE) -> Any:
    return ask("choose_category", attributes, number=number, Key=key)


def complain(
    attributes: dict[str, str] = ENGLISH, way: str = "sms", confirmation: str = "f1", number: str = MOBILE
) -> Any:
    parameters = {"Category": "fees", "ReplyBy": way, "ConfirmationId": confirmation}
    return ask("register_complaint", attributes, number=number, **parameters)


def status(number: str, attributes: dict[str, str] = ENGLISH, calls_from: str = MOBILE) -> Any:
    return ask("ticket_status", attributes, number=calls_from, TicketNumber=number)


def found(answer: dict[str, str]) -> Ticket:
    ticket = tickets.find(answer["TicketNumber"])
    assert ticket is not None
    return ticket


def handle(number: str, *verbs: str, since: datetime | None = None) -> None:
    """Do these to the ticket, a minute apart."""
    moment = since or at("10:00")
    details = {"assign": {"assignee": "mei"}}
    why = {"ask_customer": "Which month is it about?", "resolve": "The fee was refunded."}
    for place, verb in enumerate(verbs, 1):
        moment += timedelta(minutes=1)
        given = details.get(verb, {})
        tickets.act(number, verb, "agent:mei", f"{verb}#{place}", moment, why.get(verb, "because"), given)


WORK = ("accept", "assign", "investigate")


class TestCategories:
    def test_the_top_ones_are_offered_by_key(self) -> None:
        offer = ask("offer_categories", ENGLISH)
        assert offer["Speech"].startswith("For trading, press 1. For money transfers, press 2.")
        assert offer["Speech"].endswith("For something else, press 7.")
        assert offer["ConfirmationId"] != ask("offer_categories", ENGLISH)["ConfirmationId"]

    def test_each_has_names_and_a_key_of_its_own(self) -> None:
        every = [one for top in categories() for one in (top, *top["under"])]
        assert len({one["category"] for one in every}) == len(every)
        for one in every:
            assert category_names(one["category"]) == one["names"]
            assert one["names"].keys() == set(LANGUAGES)
        assert len(categories()) < 9
        assert all(
            below["category"].startswith(f"{top['category']}.") for top in categories() for below in top["under"]
        )

    @pytest.mark.parametrize("name", ["", "fee", "feesx", "fees.", "fees.none", "fees.commission.more"])
    def test_what_is_none(self, name: str) -> None:
        assert category_names(name) is None

    @pytest.mark.parametrize(
        ("key", "result"),
        [("Timeout", "none"), ("", "again"), ("*", "back"), ("9", "back"), ("8", "invalid"), ("0", "invalid")],
    )
    def test_other_keys(self, key: str, result: str) -> None:
        assert choose(key) == {"Result": result}


class TestWaysOfTheAnswer:
    def test_a_caller_who_is_not_known_is_reached_by_telephone(self) -> None:
        answer = choose("4")
        assert (answer["Result"], answer["Category"]) == ("ok", "fees")
        assert "press 2." in answer["Speech"]
        assert "e-mail" not in answer["Speech"]

    def test_a_customer_by_e_mail_too(self, customer: dict[str, str]) -> None:
        assert choose("4", customer)["Speech"].endswith("For an e-mail to the address that we have on file, press 3.")

    @pytest.mark.parametrize("withheld", ["anonymous", ""])
    def test_whoever_withholds_their_number_must_be_known(self, customer: dict[str, str], withheld: str) -> None:
        assert choose("4", number=withheld)["Result"] == "refused"
        assert choose("4", customer, withheld)["Result"] == "ok"

    def test_a_way_that_was_not_offered_registers_nothing(self, cloud: None) -> None:
        assert complain(way="email") == {"Result": "invalid"}
        assert not list(TicketRecord.scan())


class TestComplaint:
    def test_its_number_is_said_twice(self, cloud: None) -> None:
        answer = complain()
        number = digits(answer["TicketNumber"])
        assert answer["Speech"] == (
            f"Your complaint is registered. The ticket number is {number}. Once more: {number}. A text message follows."
        )
        ticket = found(answer)
        assert (ticket.kind, ticket.channel, ticket.category, ticket.reply_by) == ("complaint", "phone", "fees", "sms")
        assert (ticket.mobile, ticket.customer_id, ticket.segment) == (MOBILE, "", "ordinary")
        assert (ticket.subject, ticket.contacts) == ("Complaint by phone: fees", ("c-1",))

    def test_a_customers_carries_who_they_are(self, customer: dict[str, str]) -> None:
        ticket = found(complain(customer, "email", number=""))
        assert (ticket.customer_id, ticket.account_id, ticket.segment) == ("C-1", ACCOUNT, "vip")
        assert (ticket.mobile, ticket.email, ticket.reply_by) == (MOBILE, EMAIL, "email")

    def test_the_event_delivered_three_times_is_one_ticket(self, cloud: None) -> None:
        answers = [complain() for _ in range(3)]
        assert answers[0] == answers[1] == answers[2]
        assert [entry.verb for entry in tickets.timeline(answers[0]["TicketNumber"])] == ["register", "link_contact"]
        assert complain(confirmation="f2")["TicketNumber"] != answers[0]["TicketNumber"]

    def test_nobody_complains_in_the_name_of_another(self, customer: dict[str, str]) -> None:
        for forged in ({"AccountId": "A-2"}, {"CustomerId": "C-2"}, {"IdentityProof": ""}):
            with pytest.raises(PermissionError):
                complain(customer | forged)
        with pytest.raises(ValueError, match="no such category"):
            ask("register_complaint", ENGLISH, number=MOBILE, Category="x", ReplyBy="sms", ConfirmationId="f1")
        assert not list(TicketRecord.scan())


class TestStatus:
    def test_it_is_told_to_whom_it_belongs(self, customer: dict[str, str]) -> None:
        number = complain(customer)["TicketNumber"]
        for attributes, calls_from in ((ENGLISH, MOBILE), (customer, STRANGER)):
            assert status(number, attributes, calls_from)["Result"] == "told"

    @pytest.mark.parametrize("calls_from", [STRANGER, "", "anonymous"])
    def test_a_stranger_hears_what_is_heard_of_no_ticket(self, cloud: None, calls_from: str) -> None:
        number, none = complain()["TicketNumber"], "2612345674"
        assert tickets.is_ticket_number(none)
        assert status(number, calls_from=calls_from) == status(none, calls_from=calls_from)
        assert status(none)["Speech"].startswith("We find no ticket of yours")

    def test_a_ticket_that_left_no_number_is_not_everybodys(self, customer: dict[str, str]) -> None:
        details = {"kind": "complaint", "channel": "web", "language": "en", "subject": "Fees"}
        number = tickets.register(details, "customer", "k1", at("09:00")).number
        assert status(number, ENGLISH, "")["Result"] == status(number, customer, "")["Result"] == "refused"

    @pytest.mark.parametrize("keys", ["Timeout", "", "26", "2612345675", "**********"])
    def test_what_is_no_number_is_said(self, cloud: None, keys: str) -> None:
        answer = status(keys)
        assert (answer["Result"], answer["Speech"]) == (
            "refused", "That is not a ticket number. Please check its ten digits."
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("verbs", "result", "said"),
        [
            ((), "told", "registered since November 24. By December 9 we decide whether we take it up."),
            (("accept",), "told", "accepted since November 24. You will have our answer by January 23, 2027."),
            (WORK, "told", "under investigation since November 24. You will have our answer by January 23, 2027."),
            ((*WORK, "ask_customer"), "told",
             "waiting for you since November 24. We need to know from you: Which month is it about? "
             "Please let us know by December 4."),
            ((*WORK, "resolve", "reply"), "replied",
             "answered since November 24. Our answer is: The fee was refunded. "
             "Please tell us by December 1 whether you are satisfied."),
            ((*WORK, "resolve", "reply", "confirm", "close"), "told",
             "closed since November 24. Our answer is: The fee was refunded."),
        ],
    )  # fmt: skip
    def test_where_it_stands_since_when_and_until_when(
        self, cloud: None, verbs: tuple[str, ...], result: str, said: str
    ) -> None:
        number = complain()["TicketNumber"]
        handle(number, *verbs)
        assert status(number) == {
            "Result": result, "TicketNumber": number,
            "Speech": f"Ticket number {digits(number)}. Complaint by phone: fees. It has been {said}",
        }  # fmt: skip

    def test_a_note_changes_nothing_of_since_when(self, cloud: None) -> None:
        number = complain()["TicketNumber"]
        handle(number, "note", since=at("10:00") + timedelta(days=1))
        assert "registered since November 24" in status(number)["Speech"]

    def test_one_that_was_merged_says_where_it_goes_on(self, cloud: None) -> None:
        number, other = (complain(confirmation=name)["TicketNumber"] for name in ("f1", "f2"))
        tickets.act(number, "merge", "agent:mei", "m", at("10:05"), "The same", {"into": other})
        assert f"It goes on under number {digits(other)}." in status(number)["Speech"]

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_every_state_has_a_word(self, language: str) -> None:
        words = {catalogue(language)[f"ticket_state.{state}"] for state in get_args(State)}
        assert len(words) == len(get_args(State))


class TestRating:
    def replied(self) -> str:
        number: str = complain()["TicketNumber"]
        handle(number, *WORK, "resolve", "reply")
        return number

    def rate(self, number: str, rating: str, calls_from: str = MOBILE) -> Any:
        return ask("rate_ticket", ENGLISH, number=calls_from, TicketNumber=number, Rating=rating)

    @pytest.mark.parametrize(
        ("rating", "state", "points"), [("satisfied", "confirmed", 5), ("not_satisfied", "reopened", 0)]
    )
    def test_it_confirms_or_opens_again(self, cloud: None, rating: str, state: str, points: int) -> None:
        number = self.replied()
        answers = [self.rate(number, rating) for _ in range(2)]
        assert answers[0] == answers[1]
        assert answers[0]["Result"] == rating
        ticket = found({"TicketNumber": number})
        assert (ticket.state, ticket.rating) == (state, points)

    def test_not_what_somebody_works_on(self, cloud: None) -> None:
        number = complain()["TicketNumber"]
        assert self.rate(number, "satisfied")["Speech"].startswith("That ticket cannot be rated now")

    def test_not_by_a_stranger(self, cloud: None) -> None:
        with pytest.raises(PermissionError):
            self.rate(self.replied(), "satisfied", STRANGER)

    @pytest.mark.parametrize(
        ("key", "result"), [("Timeout", "none"), ("", "invalid"), ("6", "invalid"), ("12", "invalid")]
    )
    def test_keys_that_rate_nothing(self, key: str, result: str) -> None:
        assert ask("rate_call", ENGLISH, Key=key, TicketNumber="2612345674") == {"Result": result}

    def test_a_call_before_the_reply_is_rated_by_a_note(self, cloud: None) -> None:
        number = complain()["TicketNumber"]
        for _ in range(2):
            assert ask("rate_call", ENGLISH, Key="2", TicketNumber=number) == {"Result": "rated"}
        *_, note = tickets.timeline(number)
        assert (note.sequence, note.verb, note.why) == (3, "note", "Call rated 2 of 5.")
        assert note.details == {"rating": 2, "contact_id": "c-1"}

    def test_a_call_after_it_rates_the_handling(self, cloud: None) -> None:
        number = self.replied()
        ask("rate_call", ENGLISH, Key="4", TicketNumber=number)
        ticket = found({"TicketNumber": number})
        assert (ticket.state, ticket.rating) == ("confirmed", 4)

    def test_a_call_about_no_ticket_is_an_error_for_the_flow(self, cloud: None) -> None:
        with pytest.raises(LookupError, match="2612345674"):
            ask("rate_call", ENGLISH, Key="4", TicketNumber="2612345674")


def test_a_number_that_is_withheld_is_none() -> None:
    for address, number in ((MOBILE, MOBILE), ("anonymous", ""), ("", ""), (None, "")):
        contact = {"ContactId": "c-1", "CustomerEndpoint": {"Address": address}}
        event = {"Details": {"ContactData": contact, "Parameters": {"Operation": "funds"}}}
        assert read_call(event).calls_from == number
        assert not number or number not in repr(read_call(event))
