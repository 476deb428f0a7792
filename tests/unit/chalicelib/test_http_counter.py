"""The HTTP counter when the line to the gateway fails: nothing is sent twice, nothing that was sent is forgotten."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from chalicelib.trading import (
    Cancelled,
    NotCancelled,
    NumberTaken,
    Order,
    OrderState,
    Placed,
    Quote,
    Refusal,
    Unknown,
    sent,
)
from chalicelib.trading.counter import KeyReused, Reconciled
from chalicelib.trading.embedded_bank import open_account
from chalicelib.trading.http_counter import NEVER_ARRIVED, UNREACHABLE, HttpCounter
from chalicelib.trading.link import NoAnswer
from chalicelib.trading.models import SentRequest
from chalicelib.trading.rules import contract_numbers
from chalicelib.trading.transfers import transfer_numbers

from .gateways import (
    NOW,
    SETTINGS,
    UNHEARD,
    Fault,
    Killed,
    Line,
    counter_over,
    failing,
    garbage,
    killed_after,
    killed_before,
    lost_after,
    lost_before,
    refused,
)
from .seed import ACCOUNT, money, orders, security
from .trading_seed import DAY, assert_explained, opened

BUY = Order("buy", "600519", 100, Decimal("100.00"))
COST = Decimal("10005.10")
NUMBER = next(contract_numbers(ACCOUNT, "call#1"))
VOID = SETTINGS.window + SETTINGS.grace + 1

pytestmark = pytest.mark.usefixtures("seeded")


@pytest.fixture
def seeded(cloud: None) -> None:
    security(), opened()


@pytest.fixture
def line() -> Line:
    return Line()


@pytest.fixture
def counter(line: Line) -> HttpCounter:
    return counter_over(line, line.clock)


def place(counter: HttpCounter, line: Line, key: str = "call#1") -> Any:
    return counter.place(ACCOUNT, BUY, key, line.clock())


def reconciled(line: Line) -> Reconciled:
    """The reconciler's run, in a container of its own, once the counter takes nothing any more of what was sent."""
    line.clock.pass_(VOID)
    return counter_over(line, line.clock).reconcile(line.clock())


def records() -> list[SentRequest]:
    """Of what is not known to have arrived."""
    return [record for record in SentRequest.query(ACCOUNT, consistent_read=True) if record.expires_at is None]


def state(counter: HttpCounter, number: str = NUMBER) -> str:
    found = counter.order(ACCOUNT, number)
    assert found is not None
    return found.state


class TestPlacing:
    def test_an_order_that_is_answered_leaves_nothing_to_find_out(self, counter: HttpCounter, line: Line) -> None:
        assert place(counter, line) == Placed(NUMBER)
        assert records() == []
        [record] = SentRequest.query(ACCOUNT)
        assert record.expires_at > NOW.timestamp()  # it goes by itself
        assert line.asked == [f"PUT /accounts/{ACCOUNT}/orders/{NUMBER}"]

    def test_a_refusal_leaves_none_either(self, counter: HttpCounter, line: Line) -> None:
        refusal = counter.place(ACCOUNT, BUY._replace(quantity=50), "call#1", NOW)
        assert isinstance(refusal, Refusal)
        assert refusal.rule == "lot"
        assert records() == []

    @pytest.mark.parametrize("fault", UNHEARD)
    def test_what_is_unheard_once_is_asked_again_and_exists_once(
        self, counter: HttpCounter, line: Line, fault: Fault
    ) -> None:
        line.faults = [fault]
        placed = place(counter, line)
        # An answer that is JSON but no answer to this is not asked about again: it is found out later.
        assert placed in (Placed(NUMBER), Unknown(NUMBER))
        reconciled(line)
        found = place(counter_over(line, line.clock), line)
        assert found in (Placed(NUMBER), NEVER_ARRIVED)
        assert len(orders()) == (1 if found == Placed(NUMBER) else 0)

    @pytest.mark.parametrize("fault", UNHEARD)
    def test_without_any_answer_it_is_unknown_under_its_number(
        self, counter: HttpCounter, line: Line, fault: Fault
    ) -> None:
        line.faults = [fault] * 60
        assert place(counter, line) == Unknown(NUMBER)
        line.faults = [lost_before] * 3
        assert state(counter_over(line, line.clock)) == "unknown"
        [record] = records()
        assert (record.sends, record.unsettled) == (1, "yes")

    def test_no_more_time_is_spent_than_there_is(self, counter: HttpCounter, line: Line) -> None:
        line.faults = [lost_before] * 60
        place(counter, line)
        assert (line.clock() - NOW).total_seconds() <= SETTINGS.seconds + 0.1
        assert len(line.asked) == 3

    def test_nobody_there_is_no_unknown_order(self, counter: HttpCounter, line: Line) -> None:
        line.faults = [refused] * 60
        assert place(counter, line) == UNREACHABLE
        assert records() == []
        assert orders() == []

    def test_nobody_there_any_more_after_a_copy_went_unheard_is_unknown(self, counter: HttpCounter, line: Line) -> None:
        line.faults = [lost_after, *[refused] * 60]
        assert place(counter, line) == Unknown(NUMBER)
        line.faults = []
        assert reconciled(line)[:3] == (1, 0, 0)

    def test_a_refusal_after_a_copy_went_unheard_is_unknown_until_that_is_void(
        self, counter: HttpCounter, line: Line
    ) -> None:
        """The copy may still be on its way: it may be taken after the next one was refused."""
        held: list[tuple[Any, ...]] = []

        def late(line: Line, request: tuple[Any, ...]) -> tuple[int, bytes]:
            held.append(request)
            raise OSError("timed out")

        def refuse(line: Line, request: tuple[Any, ...]) -> tuple[int, bytes]:
            return 422, b'{"code": "refused", "rule": "money", "field": "funds", "facts": {}}'

        line.faults = [late, refuse]
        assert place(counter, line) == Unknown(NUMBER)
        line.through(held[0])
        assert reconciled(line)[:3] == (1, 0, 0)
        assert state(counter) == "accepted"

    def test_a_number_that_another_key_has_gives_the_next(
        self, counter: HttpCounter, line: Line, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def numbers(_: str, key: str) -> Iterator[str]:
            return iter(["00000001", {"a": "00000002", "b": "00000003"}[key]])

        monkeypatch.setattr("chalicelib.trading.http_counter.contract_numbers", numbers)
        monkeypatch.setattr("chalicelib.trading.embedded.contract_numbers", numbers)
        assert place(counter, line, "a") == Placed("00000001")
        line.faults = [lost_after]
        assert place(counter, line, "b") == Placed("00000003")
        assert place(counter, line, "b") == Placed("00000003")
        assert records() == []
        assert {order.contract_number for order in orders()} == {"00000001", "00000003"}

    def test_the_number_of_an_unknown_order_is_not_given_again(
        self, counter: HttpCounter, line: Line, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def numbers(_: str, key: str) -> Iterator[str]:
            return iter(["00000001", "00000002"])

        monkeypatch.setattr("chalicelib.trading.http_counter.contract_numbers", numbers)
        monkeypatch.setattr("chalicelib.trading.embedded.contract_numbers", numbers)
        line.faults = [lost_before] * 3
        assert place(counter, line, "a") == Unknown("00000001")
        line.faults = [lost_before] * 3
        assert place(counter_over(line, line.clock), line, "b") == Unknown("00000002")

    def test_an_account_that_is_none(self, counter: HttpCounter) -> None:
        with pytest.raises(LookupError):
            counter.place("A-9", BUY, "call#1", NOW)
        assert list(SentRequest.query("A-9")) == []

    def test_keys_that_do_not_fit_order_nothing(self, counter: HttpCounter, line: Line) -> None:
        counter._link.secret = b"of another gateway"
        assert place(counter, line) == UNREACHABLE
        with pytest.raises(PermissionError, match="check the signing key"):
            counter.account(ACCOUNT)
        assert records() == []


class TestDeliveredAgain:
    @pytest.mark.parametrize("fault", [*UNHEARD, refused])
    def test_an_order_that_has_arrived_is_placed_whatever_becomes_of_the_next_copy(
        self, counter: HttpCounter, line: Line, fault: Fault
    ) -> None:
        """Its caller may not have heard the first answer, and asks again while nobody is there: it is no refusal."""
        assert place(counter, line) == Placed(NUMBER)
        line.faults = [fault] * 60
        assert place(counter_over(line, line.clock), line) == Placed(NUMBER)
        assert len(orders()) == 1
        assert records() == []

    def test_a_refusal_stays_one_where_the_answer_of_dynamodb_was_lost(
        self, counter: HttpCounter, line: Line, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The SDK asks again for what is done: the record is gone, and was not taken away by anybody else."""
        delete = SentRequest.delete

        def twice(self: SentRequest, *given: Any, **named: Any) -> Any:
            delete(self, *given, **named)
            return delete(self, *given, **named)

        monkeypatch.setattr(SentRequest, "delete", twice)
        refusal = counter.place(ACCOUNT, BUY._replace(quantity=50), "call#1", NOW)
        assert isinstance(refusal, Refusal)
        assert refusal.rule == "lot"
        assert records() == []

    def test_an_unknown_order_is_sent_again_under_its_key_while_that_is_certain_to_be_one_order(
        self, counter: HttpCounter, line: Line
    ) -> None:
        line.faults = [lost_after] * 3
        assert place(counter, line) == Unknown(NUMBER)
        assert place(counter, line) == Placed(NUMBER)
        assert len(orders()) == 1
        assert records() == []

    def test_a_refusal_of_the_second_copy_settles_nothing(self, counter: HttpCounter, line: Line) -> None:
        line.faults = [lost_before] * 3
        place(counter, line)
        spent = counter.place(ACCOUNT, BUY._replace(quantity=900), "call#2", line.clock())
        assert isinstance(spent, Placed)
        assert place(counter, line) == Unknown(NUMBER)
        assert reconciled(line)[:3] == (0, 1, 0)

    def test_what_never_arrived_is_not_sent_any_more(self, counter: HttpCounter, line: Line) -> None:
        line.faults = [lost_before] * 3
        place(counter, line)
        assert reconciled(line)[:3] == (0, 1, 0)
        line.asked.clear()
        assert place(counter, line) == NEVER_ARRIVED
        assert line.asked == []

    def test_whoever_sends_again_while_it_is_settled_keeps_it_unsettled(self, counter: HttpCounter, line: Line) -> None:
        line.faults = [lost_before] * 3
        place(counter, line)
        [read] = sent.unsettled()
        line.faults = [lost_before] * 3
        line.clock.pass_(VOID)
        place(counter_over(line, line.clock), line)
        assert not sent.never_arrived(read, line.clock())
        assert reconciled(line)[:3] == (0, 1, 0)

    def test_a_refusal_does_not_take_away_the_record_of_a_copy_sent_meanwhile(self, line: Line) -> None:
        def sent_again(line: Line, request: tuple[Any, ...]) -> tuple[int, bytes]:
            line.faults = [killed_after]
            with pytest.raises(Killed):
                place(counter_over(line, line.clock), line)
            return 422, b'{"code": "refused", "rule": "money", "field": "funds", "facts": {}}'

        line.faults = [sent_again]
        assert place(counter_over(line, line.clock), line) == Unknown(NUMBER)
        assert reconciled(line)[:3] == (1, 0, 0)


class TestTheReconciler:
    def test_what_arrived_is_settled_as_it_stands(self, counter: HttpCounter, line: Line) -> None:
        line.faults = [lost_after] * 3
        place(counter, line)
        assert reconciled(line) == Reconciled(1, 0, 0, 0)
        assert records() == []
        assert state(counter) == "accepted"

    def test_what_never_arrived_is_rejected_and_stays_to_be_heard(self, counter: HttpCounter, line: Line) -> None:
        line.faults = [lost_before] * 3
        place(counter, line)
        assert reconciled(line) == Reconciled(0, 1, 0, 0)
        [found] = counter.orders(ACCOUNT, DAY)
        assert (found.contract_number, found.state, found.frozen) == (NUMBER, "rejected", 0)
        assert [change.reason for change in found.changes] == ["sent", "never_arrived"]
        assert counter.history(ACCOUNT, DAY, DAY, None, 10).orders == [found]
        assert reconciled(line) == Reconciled(0, 0, 0, 0)
        assert money() == (Decimal("100000.00"), 0)

    def test_nothing_is_settled_as_never_arrived_while_it_may_be_taken(self, counter: HttpCounter, line: Line) -> None:
        line.faults = [lost_before] * 3
        place(counter, line)
        line.clock.pass_(SETTINGS.window)
        run = counter.reconcile(line.clock())
        assert run[:3] == (0, 0, 1)
        assert run.oldest_seconds == pytest.approx(SETTINGS.window + SETTINGS.seconds, abs=1)
        assert state(counter) == "unknown"

    def test_what_is_being_sent_now_is_left_alone(self, counter: HttpCounter, line: Line) -> None:
        def meanwhile(line: Line, request: tuple[Any, ...]) -> tuple[int, bytes]:
            assert counter_over(line, line.clock).reconcile(line.clock()) == Reconciled(0, 0, 0, 0)
            return line.through(request)

        line.faults = [meanwhile]
        assert place(counter, line) == Placed(NUMBER)

    def test_a_request_on_its_way_for_too_long_is_not_taken_by_the_gateway(
        self, counter: HttpCounter, line: Line
    ) -> None:
        held: list[tuple[Any, ...]] = []

        def late(line: Line, request: tuple[Any, ...]) -> tuple[int, bytes]:
            held.append(request)
            raise Killed

        line.faults = [late]
        with pytest.raises(Killed):
            place(counter, line)
        assert reconciled(line)[:3] == (0, 1, 0)
        assert line.through(held[0])[0] == 401
        assert orders() == []

    @pytest.mark.parametrize("fault", [refused, lost_before, failing, garbage])
    def test_without_an_answer_it_waits_for_the_next_run(self, counter: HttpCounter, line: Line, fault: Fault) -> None:
        line.faults = [lost_after] * 3
        place(counter, line)
        line.faults = [fault] * 60
        assert reconciled(line)[:3] == (0, 0, 1)
        line.faults = []
        assert reconciled(line)[:3] == (1, 0, 0)

    def test_another_keys_order_under_the_number_is_not_taken_for_it(self, counter: HttpCounter, line: Line) -> None:
        line.faults = [lost_before] * 3
        place(counter, line)
        assert isinstance(line.gateway.counter.place(ACCOUNT, BUY, "call#1", line.clock()), Placed)
        [record] = records()
        record.update([SentRequest.idempotency_key.set("another")])
        assert reconciled(line)[:3] == (0, 1, 0)


class TestCancelling:
    @pytest.mark.parametrize("fault", [lost_after, lost_before, failing, garbage])
    def test_a_cancellation_unheard_once_is_asked_again(self, counter: HttpCounter, line: Line, fault: Fault) -> None:
        place(counter, line)
        line.faults = [fault]
        assert counter.cancel(ACCOUNT, NUMBER, "call#2", line.clock()) == Cancelled(NUMBER, 100, 0)
        assert money() == (Decimal("100000.00"), 0)

    @pytest.mark.parametrize(("fault", "then"), [(lost_after, "cancelled"), (lost_before, "accepted")])
    def test_of_one_that_is_not_heard_of_the_order_tells(
        self, counter: HttpCounter, line: Line, fault: Fault, then: str
    ) -> None:
        place(counter, line)
        line.faults = [fault] * 3
        assert counter.cancel(ACCOUNT, NUMBER, "call#2", line.clock()) == Unknown(NUMBER)
        assert state(counter) == then
        assert counter.cancel(ACCOUNT, NUMBER, "call#2", line.clock()) == Cancelled(NUMBER, 100, 0)
        assert_explained()

    def test_an_order_that_is_unknown_itself_cannot_be_cancelled_yet(self, counter: HttpCounter, line: Line) -> None:
        line.faults = [lost_before] * 3
        place(counter, line)
        assert counter.cancel(ACCOUNT, NUMBER, "call#2", line.clock()) == NotCancelled("not_open", "unknown")
        reconciled(line)
        assert counter.cancel(ACCOUNT, NUMBER, "call#2", line.clock()) == NotCancelled("not_open", "rejected")


class TestTheAccountsLists:
    def test_unknown_orders_are_among_the_days_and_in_history_page_by_page(
        self, counter: HttpCounter, line: Line
    ) -> None:
        numbers = []
        for place_in_time in range(5):
            line.clock.pass_(1)
            if place_in_time % 2:
                line.faults = [killed_before]
                with pytest.raises(Killed):
                    place(counter, line, f"k{place_in_time}")
            else:
                place(counter, line, f"k{place_in_time}")
            numbers.insert(0, next(contract_numbers(ACCOUNT, f"k{place_in_time}")))
        today = counter.orders(ACCOUNT, DAY)
        assert [found.contract_number for found in today] == numbers
        assert [found.state for found in today] == ["accepted", "unknown", "accepted", "unknown", "accepted"]
        pages: list[OrderState] = []
        page = None
        for _ in range(4):
            answer = counter.history(ACCOUNT, DAY, DAY, page, 1)
            pages += answer.orders
            page = answer.next_page
            if page is None:
                break
        assert pages == today

    @pytest.mark.parametrize("page", ["", "x", "[1]", '["", "x"]'])
    def test_a_page_that_is_none(self, counter: HttpCounter, page: str) -> None:
        with pytest.raises(ValueError, match="That is no page"):
            counter.history(ACCOUNT, DAY, DAY, page, 10)

    def test_without_an_answer_only_what_is_unknown_is_known(self, counter: HttpCounter, line: Line) -> None:
        place(counter, line)
        line.faults = [lost_before] * 60
        with pytest.raises(NoAnswer):
            counter.order(ACCOUNT, NUMBER)


class TestATransfer:
    """The same care as for an order: the bank is the counter's, and here the practice one."""

    SIX = "135790"

    @pytest.fixture(autouse=True)
    def bank(self, seeded: None) -> None:
        open_account(ACCOUNT, Decimal("5000.00"), self.SIX)

    def move(self, counter: HttpCounter, line: Line, amount: str = "12.34") -> Any:
        return counter.transfer(ACCOUNT, "in", Decimal(amount), self.SIX, "call#1", line.clock())

    @pytest.fixture
    def number(self) -> str:
        return next(transfer_numbers(ACCOUNT, "call#1"))

    @pytest.mark.parametrize("fault", [lost_after, lost_before, failing, garbage])
    def test_unheard_once_it_is_asked_for_again_and_moves_once(
        self, counter: HttpCounter, line: Line, fault: Fault
    ) -> None:
        line.faults = [fault]
        assert self.move(counter, line).state == "done"
        assert money() == (Decimal("100012.34"), 0)
        assert records() == []

    @pytest.mark.parametrize(("fault", "then"), [(lost_after, "done"), (lost_before, "failed")])
    def test_unheard_it_is_unknown_and_found_out_about(
        self, counter: HttpCounter, line: Line, fault: Fault, then: str, number: str
    ) -> None:
        line.faults = [fault] * 3
        moved = self.move(counter, line)
        assert (moved.state, moved.number, moved.day) == ("unknown", number, DAY.isoformat())
        at_once = counter.transfer_of(ACCOUNT, number)
        assert at_once is not None
        assert at_once.state == ("done" if then == "done" else "unknown")
        assert [one.number for one in counter.transfers(ACCOUNT, DAY)] == [number]
        assert reconciled(line)[:2] == ((1, 0) if then == "done" else (0, 1))
        found = counter.transfer_of(ACCOUNT, number)
        assert found is not None
        assert (found.state, found.reason) == (then, "" if then == "done" else "never_arrived")
        assert self.move(counter, line) == found
        assert money()[0] == Decimal("100012.34" if then == "done" else "100000.00")

    @pytest.mark.parametrize("fault", [killed_before, killed_after])
    def test_a_process_killed_leaves_it_known(
        self, counter: HttpCounter, line: Line, fault: Fault, number: str
    ) -> None:
        line.faults = [fault]
        with pytest.raises(Killed):
            self.move(counter, line)
        reconciled(line)
        found = counter.transfer_of(ACCOUNT, number)
        assert found is not None
        assert found.state == ("done" if fault is killed_after else "failed")
        assert records() == [] or fault is killed_before

    def test_nobody_there_is_no_unknown_transfer(self, counter: HttpCounter, line: Line) -> None:
        line.faults = [refused] * 60
        assert self.move(counter, line) == UNREACHABLE
        assert records() == []

    def test_its_password_is_in_no_request_and_no_record(self, counter: HttpCounter, line: Line) -> None:
        sent_bytes: list[bytes] = []

        def kept(line: Line, request: tuple[Any, ...]) -> tuple[int, bytes]:
            sent_bytes.append(request[3])
            raise OSError("timed out")

        line.faults = [kept] * 60
        self.move(counter, line)
        [record] = records()
        assert sent_bytes
        assert not any(self.SIX.encode() in body for body in sent_bytes)
        assert self.SIX not in str(record.to_dynamodb_dict())
        assert self.SIX not in repr(record.content)

    def test_a_key_moves_no_other_amount(self, counter: HttpCounter, line: Line) -> None:
        line.faults = [lost_before] * 3
        self.move(counter, line)
        with pytest.raises(KeyReused):
            self.move(counter, line, "99.00")


class TestAKey:
    def test_of_an_unknown_order_sends_no_other(self, counter: HttpCounter, line: Line) -> None:
        line.faults = [lost_before] * 3
        place(counter, line)
        line.asked.clear()
        with pytest.raises(KeyReused):
            counter.place(ACCOUNT, BUY._replace(quantity=200), "call#1", line.clock())
        assert line.asked == []

    def test_of_an_order_the_counter_has_is_refused_by_it(self, counter: HttpCounter, line: Line) -> None:
        place(counter, line)
        [record] = SentRequest.query(ACCOUNT)
        record.delete()  # as it goes after its week
        with pytest.raises(KeyReused):
            counter.place(ACCOUNT, BUY._replace(quantity=200), "call#1", line.clock())
        assert records() == []

    def test_the_number_of_an_order_only_we_know_of_is_taken(self, counter: HttpCounter, line: Line) -> None:
        assert isinstance(counter.check(ACCOUNT, BUY, line.clock(), NUMBER), Quote)
        line.faults = [lost_before] * 3
        place(counter, line)
        assert counter.check(ACCOUNT, BUY, line.clock(), NUMBER) == NumberTaken(NUMBER)


def test_while_the_breaker_is_open_nothing_is_asked(counter: HttpCounter, line: Line) -> None:
    line.faults = [failing] * SETTINGS.failures
    with pytest.raises(NoAnswer):
        counter.account(ACCOUNT)
    line.asked.clear()
    assert place(counter, line) == UNREACHABLE
    assert line.asked == []
    line.clock.pass_(SETTINGS.rest_seconds)
    assert place(counter, line) == Placed(NUMBER)


def _killing(target: str) -> Callable[[pytest.MonkeyPatch, Line], None]:
    def patch(monkeypatch: pytest.MonkeyPatch, line: Line) -> None:
        def killed(*_: Any, **__: Any) -> None:
            raise Killed

        monkeypatch.setattr(target, killed)

    return patch


def _faulty(fault: Fault) -> Callable[[pytest.MonkeyPatch, Line], None]:
    return lambda _, line: line.faults.append(fault)


STEPS = {
    "before the record": _killing("chalicelib.trading.sent.begin"),
    "before the request": _faulty(killed_before),
    "before the answer": _faulty(killed_after),
    "before the record goes": _killing("chalicelib.trading.sent.answered"),
}


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("again", [False, True])
def test_a_process_killed_at_any_step_leaves_one_order_or_none_and_both_are_known(
    line: Line, step: str, again: bool
) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        STEPS[step](monkeypatch, line)
        with pytest.raises(Killed):
            place(counter_over(line, line.clock), line)
    if again:
        assert place(counter_over(line, line.clock), line) == Placed(NUMBER)
    reconciled(line)
    arrived = again or step in ("before the answer", "before the record goes")
    assert len(orders()) == arrived
    found = counter_over(line, line.clock).order(ACCOUNT, NUMBER)
    if arrived:
        assert found is not None
        assert found.state == "accepted"
    elif step == "before the request":
        assert found is not None
        assert found.state == "rejected"
    else:
        assert found is None
    assert [record.unsettled for record in records()] == ([None] if step == "before the request" and not again else [])
    assert_explained()


@pytest.mark.parametrize("seed", range(3))
def test_after_any_faults_none_is_lost_none_doubled_none_unknown(line: Line, seed: int) -> None:
    chance = random.Random(seed)
    faults = (*UNHEARD, refused, killed_before, killed_after)
    order = BUY._replace(quantity=100, price=Decimal("90.00"))
    answers: dict[str, set[Any]] = {}
    for number in range(40):
        key = f"call#{number % 30}"  # some are delivered again
        line.faults = [chance.choice(faults) for _ in range(chance.choice((0, 0, 1, 2, 9)))]
        try:
            answer: Any = counter_over(line, line.clock).place(ACCOUNT, order, key, line.clock())
        except Killed:
            answer = None
        answers.setdefault(key, set()).add(type(answer) if isinstance(answer, Refusal) else answer)
        line.faults = []
        line.clock.pass_(1)
        if chance.random() < 0.1:
            line.clock.pass_(VOID)
            counter_over(line, line.clock).reconcile(line.clock())
    assert reconciled(line).waiting == 0
    assert list(sent.unsettled()) == []
    stored = {found.idempotency_key for found in orders()}
    assert len(orders()) == len(stored)  # none doubled
    counter = counter_over(line, line.clock)
    known = {found.idempotency_key: found.state for found in counter.orders(ACCOUNT, DAY)}
    assert "unknown" not in known.values()
    for key, heard in answers.items():
        if any(isinstance(one, Placed) for one in heard):
            assert key in stored  # none lost
        if any(isinstance(one, Unknown) for one in heard):
            assert known[key] in ("accepted", "rejected")  # what was unknown is known
    assert_explained()
