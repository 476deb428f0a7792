"""Bank transfers on moto: recorded, asked for once, booked; and settled when the answer or the process was lost.

What happens at the same moment is tried on the local cloud (tests/stack): moto's transactions are not atomic.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pynamodb.exceptions import TransactWriteError

from chalicelib import trading
from chalicelib.trading import Order, Refusal, TransferState, bank_transfers, embedded_bank, transfer_books
from chalicelib.trading.bank import BankAnswer
from chalicelib.trading.models import BankAccount, BankMovement, Position, TransferRecord
from chalicelib.trading.transfers import TransferBooking

from .seed import ACCOUNT, security
from .trading_seed import DAY, assert_explained, at, balance, opened

PASSWORD, NOW, LATER = "135790", at("10:00"), at("10:03")
AMOUNT = Decimal("2500.50")

pytestmark = pytest.mark.usefixtures("accounts")


@pytest.fixture
def accounts(cloud: None) -> None:
    """100,000.00 at the brokerage, 30,000.00 of it from today's sales, and 50,000.00 at the bank."""
    opened(unsettled="30000.00")
    embedded_bank.open_account(ACCOUNT, Decimal("50000.00"), PASSWORD)


def move(
    direction: Any = "in",
    amount: str | Decimal = AMOUNT,
    password: str = PASSWORD,
    key: str = "k",
    when: datetime = NOW,
) -> TransferState | Refusal:
    return trading.transfer(ACCOUNT, direction, Decimal(amount), password, key, when)


def moved(*given: Any, **other: Any) -> TransferState:
    answer = move(*given, **other)
    assert isinstance(answer, TransferState)
    return answer


def at_the_bank() -> Decimal:
    return BankAccount.get(ACCOUNT, consistent_read=True).balance


def counted() -> tuple[Decimal | None, Decimal | None]:
    money = transfer_books.read_money(ACCOUNT)
    return money.transferred_in, money.transferred_out


def assert_whole() -> None:
    """No fen is lost or made, each is explained, nothing is open, the bank and the books agree."""
    held = balance()
    assert at_the_bank() + held.available + held.frozen == Decimal("150000.00")
    assert held.frozen == 0
    assert min(held.available, at_the_bank()) >= 0
    assert_explained()
    assert list(transfer_books.open_transfers()) == []
    assert trading.compare_with_bank(DAY) == []
    known = trading.transfers_of_day(ACCOUNT, DAY)
    sums = [
        sum((t.amount for t in known if (t.direction, t.state) == (way, "done")), Decimal(0)) for way in ("in", "out")
    ]
    assert [total or 0 for total in counted()] == sums


@contextmanager
def requests() -> Iterator[list[str]]:
    asked: list[str] = []
    client = Position.client().client
    client.meta.events.register("before-call.dynamodb", lambda model, **_: asked.append(model.name), unique_id="count")
    yield asked
    client.meta.events.unregister("before-call.dynamodb", unique_id="count")


def test_money_from_the_bank_can_be_spent_and_drawn_out_at_once() -> None:
    transfer = moved()
    assert (transfer.state, transfer.amount, transfer.day) == ("done", AMOUNT, DAY.isoformat())
    assert (at_the_bank(), balance().available) == (Decimal("47499.50"), Decimal("102500.50"))
    assert trading.counter.account(ACCOUNT)[0].withdrawable == Decimal("72500.50")
    assert_whole()


def test_money_to_the_bank_is_gone_from_the_account() -> None:
    transfer = moved("out")
    assert [change.state for change in transfer.changes] == ["requested", "done"]
    assert (at_the_bank(), balance().available) == (Decimal("52500.50"), Decimal("97499.50"))
    assert_whole()


@pytest.mark.parametrize("direction", ["in", "out"])
def test_the_same_key_moves_money_once(direction: str) -> None:
    answers = {moved(direction) for _ in range(3)}
    assert len(answers) == 1
    assert len(trading.transfers_of_day(ACCOUNT, DAY)) == 1
    assert_whole()


def test_a_repetition_is_no_refusal_even_when_it_took_the_last_money_or_comes_after_the_hours() -> None:
    first = moved("out", "70000.00")
    assert moved("out", "70000.00") == moved("out", "70000.00", when=at("16:30")) == first
    assert isinstance(move("out", "1.00", key="another"), Refusal)


def test_a_number_already_taken_gives_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = {"a": ["00000001", "00000002"], "b": ["00000001", "00000003"]}
    monkeypatch.setattr("chalicelib.trading.transfers.transfer_numbers", lambda _, key: iter(numbers[key]))
    assert [moved(key=key).number for key in ("a", "b", "b", "a")] == ["00000001", "00000003", "00000003", "00000001"]
    assert moved(key="b", when=at("17:00")).number == "00000003"
    assert_whole()


@pytest.mark.parametrize("direction", ["in", "out"])
def test_a_transfer_costs_a_read_a_record_and_a_booking(direction: str) -> None:
    """Least: the record, which must be there before the bank is asked, and the booking; and a read, so that a refusal
    says what would be accepted. The practice bank has its own two."""
    moved(direction, key="the client is built by now")
    with requests() as asked:
        moved(direction)
    assert asked == ["GetItem", "TransactWriteItems", *["GetItem", "TransactWriteItems"], "TransactWriteItems"]


def test_a_preview_costs_two_requests_and_changes_nothing() -> None:
    moved("in", "100.00")
    with requests() as asked:
        assert trading.preview_transfer(ACCOUNT, "out", AMOUNT, NOW) is None
    assert asked == ["Query", "Query"]
    assert len(trading.transfers_of_day(ACCOUNT, DAY)) == 1


@pytest.mark.parametrize(
    ("direction", "amount", "when", "rule"),
    [
        ("in", "100.00", at("16:00"), "transfer_hours"),
        ("in", "0.50", NOW, "transfer_amount"),
        ("out", "500000.01", NOW, "transfer_maximum"),
        ("out", "70000.01", NOW, "withdrawable"),
    ],
)
def test_a_refusal_moves_nothing_keeps_nothing_and_is_the_preview_s(
    direction: Any, amount: str, when: datetime, rule: str
) -> None:
    refusal = move(direction, amount, when=when)
    assert isinstance(refusal, Refusal)
    assert refusal.rule == rule
    assert trading.preview_transfer(ACCOUNT, direction, Decimal(amount), when) == refusal
    assert trading.transfers_of_day(ACCOUNT, DAY) == []
    assert_whole()


def test_the_day_s_limit_counts_what_is_done_and_what_may_be_and_begins_anew_the_next_day() -> None:
    embedded_bank.open_account("A-2", Decimal("9000000.00"), PASSWORD)
    opened(account="A-2")
    million = Decimal("1000000.00")
    for n in range(5):
        assert isinstance(trading.transfer("A-2", "in", million, PASSWORD, str(n), NOW), TransferState)
    refusal = trading.transfer("A-2", "in", Decimal("1.00"), PASSWORD, "6", NOW)
    assert refusal == Refusal("transfer_daily", "amount", {"maximum": 5 * million, "left": Decimal("0.00")})
    assert trading.preview_transfer("A-2", "in", Decimal("1.00"), NOW) == refusal
    tomorrow = at("10:00", DAY + timedelta(days=1))
    assert isinstance(trading.transfer("A-2", "in", million, PASSWORD, "7", tomorrow), TransferState)


def test_the_bank_s_refusal_fails_the_transfer_gives_back_what_was_frozen_and_counts_no_more() -> None:
    for direction in ("in", "out"):
        transfer = moved(direction, password="000000", key=direction)
        assert (transfer.state, transfer.reason) == ("failed", "wrong_password")
    assert moved("in", "50000.01", key="3").reason == "insufficient"
    assert balance().available == Decimal("100000.00")
    assert_whole()


def test_what_failed_yesterday_is_not_taken_from_today_s_count(monkeypatch: pytest.MonkeyPatch) -> None:
    lost(monkeypatch, "debit", done=False)
    moved("in")
    tomorrow = DAY + timedelta(days=1)
    monkeypatch.undo()
    moved("in", "7.00", key="tomorrow", when=at("10:00", tomorrow))
    trading.reconcile_transfers(at("10:30", tomorrow))
    assert counted() == (Decimal("7.00"), Decimal("0"))


def test_a_closed_bank_account_and_one_that_is_none() -> None:
    BankAccount(ACCOUNT).update([BankAccount.closed.set(True)])
    assert moved().reason == "closed"
    opened(account="A-9")
    answer = trading.transfer("A-9", "in", AMOUNT, PASSWORD, "k", NOW)
    assert isinstance(answer, TransferState)
    assert answer.reason == "closed"


def test_wrong_passwords_lock_at_the_bank_for_the_day_and_a_repetition_counts_once() -> None:
    moved(key="1", password="000000"), moved(key="1", password="000000"), moved(key="2", password="000000")
    assert moved(key="3").state == "done"
    assert [moved(key=f"w{n}", password="000000").reason for n in range(4)] == [
        *["wrong_password"] * 3,
        "password_locked",
    ]
    assert moved(key="4").reason == "password_locked"
    assert moved(key="5", when=at("10:00", DAY + timedelta(days=1))).state == "done"


def test_no_such_account() -> None:
    with pytest.raises(LookupError):
        trading.transfer("A-0", "in", AMOUNT, PASSWORD, "k", NOW)


def test_the_bank_password_is_kept_nowhere() -> None:
    moved(), moved("out", key="2", password="864209")
    stored = [item.serialize() for model in (TransferRecord, BankAccount, BankMovement) for item in model.scan()]
    assert len(stored) == 5
    assert PASSWORD not in repr(stored)
    assert "864209" not in repr(stored)


def test_money_sold_for_between_reading_and_writing_is_not_drawn_out(monkeypatch: pytest.MonkeyPatch) -> None:
    record = transfer_books.record

    def sold_meanwhile(booking: TransferBooking, money: Position, daily: Decimal) -> Any:
        # 69,999.00 bought shares, and 69,999.00 came in from a sale: the same money, but not the same money to draw.
        Position(ACCOUNT, "CNY").update([Position.unsettled.set(Decimal("99999.00"))])
        return record(booking, money, daily)

    monkeypatch.setattr(transfer_books, "record", sold_meanwhile)
    assert move("out", "70000.00") == Refusal("withdrawable", "amount", {"withdrawable": Decimal("1.00")})
    assert balance() == (Decimal("100000.00"), 0, Decimal("99999.00"))


def test_an_order_at_the_same_time_keeps_no_transfer_from_what_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    security()
    record, placed = transfer_books.record, []

    def ordered_meanwhile(booking: TransferBooking, money: Position, daily: Decimal) -> Any:
        if not placed:
            placed.append(trading.place_order(ACCOUNT, Order("buy", "600519", 100, Decimal("100.00")), "o", NOW))
        return record(booking, money, daily)

    monkeypatch.setattr(transfer_books, "record", ordered_meanwhile)
    assert moved("out", "59994.90").state == "done"
    assert isinstance(move("out", "1.00", key="2"), Refusal)
    assert_explained()


def test_the_limit_holds_against_another_transfer_between_reading_and_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    record = transfer_books.record

    def used_up_meanwhile(booking: TransferBooking, money: Position, daily: Decimal) -> Any:
        used = [Position.transfer_day.set(DAY.isoformat()), Position.transferred_in.set(Decimal("4999999.00"))]
        Position(ACCOUNT, "CNY").update([*used, Position.transferred_out.set(Decimal(0))])
        return record(booking, money, daily)

    monkeypatch.setattr(transfer_books, "record", used_up_meanwhile)
    refusal = move("in")
    assert isinstance(refusal, Refusal)
    assert refusal.facts["left"] == Decimal("1.00")


# No answer.


def lost(monkeypatch: pytest.MonkeyPatch, verb: str, *, done: bool) -> None:
    """The bank does (or does not) what it is asked, and its answer is lost."""
    answer = getattr(trading.bank, verb)

    def silent(*given: Any) -> BankAnswer:
        if done:
            answer(*given)
        raise TimeoutError

    monkeypatch.setattr(trading.bank, verb, silent)


@pytest.mark.parametrize(("direction", "verb"), [("in", "debit"), ("out", "credit")])
@pytest.mark.parametrize("done", [True, False])
def test_a_transfer_without_an_answer_is_unknown_and_settled_from_the_bank_s_records(
    direction: str, verb: str, done: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost(monkeypatch, verb, done=done)
    unknown = moved(direction)
    assert unknown.state == "unknown"
    assert trading.transfer_of(ACCOUNT, unknown.number) == unknown
    assert trading.compare_with_bank(DAY)[0].difference == "open"
    reconciled = trading.reconcile_transfers(at("10:01"))
    assert (reconciled.settled, reconciled.still_open) == ((1, []) if done else (0, [unknown.reference]))
    trading.reconcile_transfers(LATER)
    settled = trading.transfer_of(ACCOUNT, unknown.number)
    assert settled
    assert (settled.state, settled.reason) == (("done", "") if done else ("failed", "voided"))
    assert moved(direction) == settled
    assert_whole()


def test_asking_again_finds_out_and_never_asks_the_bank_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    lost(monkeypatch, "debit", done=True)
    first = moved()
    monkeypatch.setattr(trading.bank, "debit", lambda *_: pytest.fail("asked for twice"))
    again = moved()
    assert (first.state, again.state, again.number) == ("unknown", "done", first.number)
    assert_whole()


def test_asking_again_while_the_bank_is_silent_or_knows_nothing_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    lost(monkeypatch, "debit", done=False)
    first = moved()
    assert moved() == first
    lost(monkeypatch, "status", done=False)
    assert moved() == first
    assert trading.reconcile_transfers(LATER).still_open == [first.reference]


def test_a_request_that_comes_too_late_finds_itself_voided(monkeypatch: pytest.MonkeyPatch) -> None:
    lost(monkeypatch, "credit", done=False)
    transfer = moved("out")
    monkeypatch.undo()
    trading.reconcile_transfers(LATER)
    late = trading.bank.credit(ACCOUNT, AMOUNT, PASSWORD, transfer.reference, LATER)
    assert late == trading.bank.void(transfer.reference, LATER) == BankAnswer(False, "voided")
    assert_whole()


def test_one_that_cannot_be_settled_keeps_no_other_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    lost(monkeypatch, "debit", done=True)
    stuck, other = moved(key="1"), moved(key="2")
    status = trading.bank.status
    monkeypatch.setattr(trading.bank, "status", lambda name: lost_now() if name == stuck.reference else status(name))

    def lost_now() -> BankAnswer:
        raise ConnectionResetError

    assert trading.reconcile_transfers(LATER) == bank_transfers.Settled(1, [stuck.reference])
    settled = trading.transfer_of(ACCOUNT, other.number)
    assert settled
    assert settled.state == "done"


def test_whoever_settles_second_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reconciler runs while the bank's answer is on its way to whoever asked."""
    debit = trading.bank.debit

    def settled_meanwhile(*given: Any) -> BankAnswer:
        answer = debit(*given)
        assert trading.reconcile_transfers(NOW).settled == 1
        return answer

    monkeypatch.setattr(trading.bank, "debit", settled_meanwhile)
    assert [change.state for change in moved().changes] == ["requested", "done"]
    assert_whole()


def test_a_transfer_settled_after_its_day_is_an_entry_of_the_day_it_is_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    lost(monkeypatch, "debit", done=True)
    moved()
    trading.reconcile_transfers(at("09:30", DAY + timedelta(days=1)))
    [opening, entry] = transfer_entries()
    assert (opening, entry[:10]) == (f"{DAY}#{at('08:00').isoformat()}#opening#CNY", "2026-11-25")


def transfer_entries() -> list[str]:
    from chalicelib.trading.books import entries_between

    return [entry.entry_id for entry in entries_between(ACCOUNT, "2026-01-01", "2026-12-31")]


# The day's comparison.


def test_what_the_bank_has_and_the_books_have_not_is_named_and_the_other_way_round() -> None:
    only_here, same = moved(key="1"), moved("out", key="2")
    BankMovement(only_here.reference).delete()
    trading.bank.debit(ACCOUNT, Decimal("9.00"), PASSWORD, f"{ACCOUNT}/00000000", NOW)
    found = {one.reference: one.difference for one in trading.compare_with_bank(DAY)}
    assert found == {only_here.reference: "not_at_bank", f"{ACCOUNT}/00000000": "not_here"}
    assert same.reference not in found
    assert trading.compare_with_bank(DAY + timedelta(days=1)) == []


def test_the_table_decides_where_the_index_lags_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    transfer = moved()
    old = transfer._replace(state="unknown")
    monkeypatch.setattr(transfer_books, "all_of_day", lambda _: iter([old]))
    assert trading.compare_with_bank(DAY) == []


# The process is killed.


class Killed(BaseException):
    """As if the process ended here: nothing in the code can catch it."""


@contextmanager
def killed_at(step: int) -> Iterator[None]:
    """Ends the process before (even steps) or after (odd steps) one of its requests, counted from 0."""
    events = Position.client().client.meta.events
    seen = iter(range(1000))

    def count(**_: Any) -> None:
        if next(seen) == step:
            raise Killed

    for event in ("before-call.dynamodb", "after-call.dynamodb"):
        events.register(event, count, unique_id=f"kill {event}")
    try:
        with pytest.raises(Killed):
            yield
    finally:
        for event in ("before-call.dynamodb", "after-call.dynamodb"):
            events.unregister(event, unique_id=f"kill {event}")


@pytest.mark.parametrize("again", [False, True])
@pytest.mark.parametrize(
    ("direction", "password", "step"),
    [
        *[(direction, PASSWORD, step) for direction in ("in", "out") for step in range(10)],
        *[(direction, "000000", step) for direction in ("in", "out") for step in range(12)],
    ],
)
def test_a_process_killed_anywhere_loses_nothing_and_doubles_nothing(
    direction: str, password: str, step: int, again: bool
) -> None:
    balance()  # the client is built by now
    with killed_at(step):
        move(direction, password=password)
    if again:
        with suppress(TransactWriteError):
            move(direction, password=password, when=at("10:00:30"))
    trading.reconcile_transfers(LATER)
    assert_whole()
    known = trading.transfers_of_day(ACCOUNT, DAY)
    assert all(transfer.state in ("done", "failed") for transfer in known)
    assert len(known) == (1 if again or step >= 3 else 0)
    final = moved(direction, password=password, when=LATER)
    assert not known or known == [final]
    assert_whole()


@pytest.mark.parametrize(("done", "steps"), [(True, 8), (False, 12)])
@pytest.mark.parametrize("direction", ["in", "out"])
def test_a_reconciler_killed_anywhere_is_taken_up_by_the_next(
    direction: str, done: bool, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost(monkeypatch, "debit" if direction == "in" else "credit", done=done)
    for step in range(steps):
        unknown = moved(direction, "10.00", key=str(step))
        with killed_at(step):
            trading.reconcile_transfers(LATER)
        trading.reconcile_transfers(LATER)
        settled = trading.transfer_of(ACCOUNT, unknown.number)
        assert settled
        assert settled.state == ("done" if done else "failed")
    assert_whole()


def test_killing_counts_every_request_of_a_transfer() -> None:
    """So that the steps above are all there are."""
    count: dict[str, int] = {}
    outcomes: dict[str, Callable[[], TransferState]] = {
        "done": lambda: moved(key="1"),
        "failed": lambda: moved(key="2", password="000000"),
    }
    balance()
    for name, outcome in outcomes.items():
        with requests() as asked:
            assert outcome().state == name
        count[name] = 2 * len(asked)
    assert count == {"done": 10, "failed": 12}
