"""The books: any order of events keeps money and shares, leaves nothing negative, and every position explained.

The machine books with the ledger's own pure functions into books in memory that keep the two promises of the real ones:
a booking is written whole or not at all, and only while its order has the version it was reckoned from. The same
promises of the real books are tried in test_trading_settlement.py and test_bank_transfers.py, on moto.
"""

from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, precondition, rule

from chalicelib.trading import ledger, transfers
from chalicelib.trading.ledger import CASH, Booking, Charges, Entry, Fill, Movement, OrderState, charges_due, movements
from chalicelib.trading.rules import Order, cost_of_buying
from chalicelib.trading.transfers import TransferBooking, TransferState, withdrawable

from .seed import RATE
from .trading_seed import DAY, FEES

CODES, ACCOUNTS = ("600519", "000001"), ("A", "B")
PRICES = st.integers(100, 3000).map(lambda fen: Decimal(fen) / 100)
NOBODY = Movement()


def taken(
    side: Any = "buy", quantity: int = 1000, price: str | Decimal = "10.00", number: str = "1", **other: Any
) -> OrderState:
    order = Order(side, "600519", quantity, Decimal(price))
    freeze = cost_of_buying(order, RATE, FEES) if side == "buy" else Decimal(quantity)
    facts = {"account_id": "A", "key": number, "rate": RATE, "freeze": freeze, "day": DAY.isoformat(), "at": "t0"}
    state = ledger.accept(order, contract_number=number, **{**facts, **other}).order
    assert state is not None
    return state


def filled(order: OrderState, quantity: int, price: str | Decimal, name: str = "f1") -> Booking:
    booking = ledger.fill(order, Fill(name, quantity, Decimal(price), "t1"), FEES)
    assert booking is not None
    return booking


def amounts(booking: Booking) -> list[tuple[Any, ...]]:
    return [(e.asset, e.reason, *(str(amount) for amount in e[3:6])) for e in booking.entries]


def test_a_buy_pays_out_of_what_is_frozen_and_gets_shares_for_tomorrow() -> None:
    booking = filled(taken(), 1000, "9.90")
    assert amounts(booking) == [
        (CASH, "buy", "0", "-9900.00", "0"),
        (CASH, "transfer_fee", "0", "-0.10", "0"),
        (CASH, "commission", "0", "-5.00", "0"),
        (CASH, "release", "100.00", "-100.00", "0"),
        ("600519", "buy", "0", "0", "1000"),
    ]
    assert booking.order is not None
    assert (booking.order.state, booking.order.frozen) == ("filled", 0)


def test_a_sale_brings_money_that_buys_at_once_and_is_drawn_out_tomorrow() -> None:
    assert amounts(filled(taken("sell"), 1000, "10.10")) == [
        ("600519", "sell", "0", "-1000", "0"),
        (CASH, "sell", "10100.00", "0", "10100.00"),
        (CASH, "stamp_duty", "-5.05", "0", "-5.05"),
        (CASH, "transfer_fee", "-0.10", "0", "-0.10"),
        (CASH, "commission", "-5.00", "0", "-5.00"),
    ]


def test_the_minimum_commission_is_an_order_s_and_not_a_fill_s() -> None:
    order, paid = taken(quantity=3000), []
    for name in ("f1", "f2", "f3"):
        booking = filled(order, 1000, "10.00", name)
        assert booking.order is not None
        order = booking.order
        paid.append(order.charges.commission)
    assert paid == [
        Decimal("5.00"),
        Decimal("6.00"),
        Decimal("9.00"),
    ]  # the minimum; then 0.03 % of all


def test_a_sale_is_never_charged_more_than_it_brings_in() -> None:
    first = filled(taken("sell", 2, "3.00"), 1, "3.00").order
    assert first is not None
    assert first.charges.total == Decimal("3.00")
    second = filled(first, 1, "3.00", "f2").order
    assert second is not None
    assert second.charges == Charges(Decimal("0.00"), Decimal("0.00"), Decimal("5.00"))


def test_a_fill_delivered_again_or_after_the_end_is_nothing() -> None:
    part = filled(taken(), 400, "10.00").order
    assert part is not None
    assert ledger.fill(part, Fill("f1", 400, Decimal("10.00"), "t2"), FEES) is None
    cancelled = ledger.end(part, "cancelled", "customer", "k", "t2")
    assert cancelled is not None
    assert cancelled.order is not None
    assert ledger.fill(cancelled.order, Fill("f2", 100, Decimal("10.00"), "t3"), FEES) is None
    assert ledger.end(cancelled.order, "expired", "day_over", "e", "t3") is None


def test_a_cancellation_releases_what_is_frozen_still() -> None:
    part = filled(taken(), 400, "10.00").order
    assert part is not None
    cancelled = ledger.end(part, "cancelled", "customer", "k", "t2")
    assert cancelled is not None
    assert amounts(cancelled) == [(CASH, "release", "6000.06", "-6000.06", "0")]  # and a transfer fee of 0.06


def test_every_change_is_kept() -> None:
    part = filled(taken(), 400, "10.00").order
    assert part is not None
    ended = ledger.end(part, "expired", "day_over", "e", "t2")
    assert ended is not None
    assert ended.order is not None
    assert [(c.at, c.state, c.quantity, c.price, c.reason) for c in ended.order.changes] == [
        ("t0", "accepted", 1000, Decimal("10.00"), "placed"),
        ("t1", "partly_filled", 400, Decimal("10.00"), "filled"),
        ("t2", "expired", 600, None, "day_over"),
    ]


def test_a_market_order_that_becomes_a_limit_order_releases_what_it_needs_no_more() -> None:
    booking = ledger.reprice(taken(price="11.00"), Decimal("10.00"), FEES, "now_limit", "r", "t1")
    assert booking is not None
    assert booking.order is not None
    assert (booking.order.price, booking.order.kind) == (Decimal("10.00"), "limit")
    assert booking.order.frozen == cost_of_buying(Order("buy", "600519", 1000, Decimal("10.00")), RATE, FEES)
    assert ledger.reprice(booking.order, Decimal("10.00"), FEES, "now_limit", "r", "t2") is None


@pytest.mark.parametrize(("side", "price"), [("buy", "10.01"), ("sell", "9.99")])
def test_a_fill_at_a_worse_price_is_nothing(side: str, price: str) -> None:
    assert ledger.fill(taken(side), Fill("f", 100, Decimal(price), "t"), FEES) is None


def test_settlement_frees_shares_and_money_once() -> None:
    bought, sold = filled(taken(), 1000, "10.00"), filled(taken("sell"), 500, "10.00", "f2")
    entries = [*bought.entries, *sold.entries]
    day = DAY.isoformat()
    settled = ledger.settle("A", day, entries, "t9")
    assert [amounts(booking)[0] for booking in settled] == [
        ("600519", "settlement", "1000", "0", "-1000"),
        (CASH, "settlement", "0", "0", "-4992.45"),  # 5000.00 less 2.50, 0.05 and 5.00
    ]
    assert ledger.settle("A", day, [*entries, *(e for booking in settled for e in booking.entries)], "t9") == []


def test_what_is_booked_after_a_settlement_is_settled_by_the_next() -> None:
    day, entries = DAY.isoformat(), [*filled(taken(), 400, "10.00").entries]
    [first] = ledger.settle("A", day, entries, "t8")
    entries += [*first.entries, *filled(taken(number="2"), 100, "10.00", "f2").entries]
    [second] = ledger.settle("A", day, entries, "t9")
    assert amounts(second) == [("600519", "settlement", "100", "0", "-100")]
    assert second.entries[0].entry_id != first.entries[0].entry_id


@given(st.integers(1, 5000), PRICES, st.lists(st.tuples(st.integers(1, 3000), st.integers(0, 90)), max_size=8))
def test_a_buy_costs_never_more_than_is_frozen_and_leaves_nothing_frozen(
    quantity: int, price: Decimal, fills: list[tuple[int, int]]
) -> None:
    order = taken(quantity=quantity, price=price)
    frozen = order.frozen
    for n, (wanted, better) in enumerate(fills):
        booking = ledger.fill(order, Fill(str(n), wanted, price - Decimal(better) / 100, "t"), FEES)
        if booking is None:
            break
        assert booking.order is not None
        moved = movements(booking.entries)[CASH]
        order, frozen = booking.order, frozen + moved.frozen
        assert moved.available >= 0
        assert order.frozen == frozen >= 0
        assert order.charges == charges_due("buy", order.traded, RATE, FEES)
    assert order.is_open == (order.remaining > 0)
    if not order.is_open:
        assert frozen == 0


class Books(RuleBasedStateMachine):
    """Two accounts, two shares, days that go by; bookings are reckoned, held up, and written late, twice or never.

    And a bank, which moves money once a reference, refuses, and whose answers are lost.
    """

    orders = Bundle("orders")
    asked = Bundle("asked")

    def __init__(self) -> None:
        super().__init__()
        self.positions: dict[tuple[str, str], Movement] = {}
        self.entries: dict[tuple[str, str], Entry] = {}
        self.stored: dict[tuple[str, str], OrderState] = {}
        self.in_flight: list[tuple[int, Booking]] = []
        self.traded: dict[str, tuple[OrderState, int, Decimal]] = {}
        self.transferred: dict[tuple[str, str], TransferState] = {}
        self.bank: dict[str, Decimal] = {}
        self.answers: dict[str, bool] = {}  # what the bank did, by reference, for ever
        self.day: date = DAY
        self.count = 0

    # The two promises.

    def write(self, version: int, booking: Booking) -> bool:
        """All of it, unless the order has changed, an entry is there already, or a position does not cover it."""
        order = booking.order
        if order:
            known = self.stored.get((order.account_id, order.contract_number))
            if (known.version if known else 0) != version:
                return False
        if not self.enter(booking.entries):
            return False
        if order:
            self.stored[order.account_id, order.contract_number] = order
        return True

    def write_transfer(self, version: int, booking: TransferBooking | None) -> bool:
        """The same promise for a transfer."""
        if booking is None:
            return False
        key = (booking.transfer.account_id, booking.transfer.number)
        known = self.transferred.get(key)
        if (known.version if known else 0) != version or not self.enter(booking.entries):
            return False
        self.transferred[key] = booking.transfer
        return True

    def enter(self, entries: tuple[Entry, ...]) -> bool:
        account = entries[0].account_id if entries else ""
        new: dict[tuple[str, str], Movement] = {}
        for asset, moved in movements(entries).items():
            had = self.positions.get((account, asset), NOBODY)
            new[account, asset] = Movement(*(a + b for a, b in zip(had, moved, strict=True)))
            if any(amount < 0 and now < 0 for amount, now in zip(moved, new[account, asset], strict=True)):
                return False
        if any((entry.account_id, entry.entry_id) in self.entries for entry in entries):
            return False
        self.positions |= new
        self.entries |= {(entry.account_id, entry.entry_id): entry for entry in entries}
        return True

    def now(self) -> str:
        self.count += 1
        return f"{self.day.isoformat()}T{self.count:08d}"

    def send(self, order: OrderState, booking: Booking | None, held: bool) -> None:
        if booking is None:
            return
        if held:
            self.in_flight.append((order.version, booking))
        else:
            self.book(order.version, booking)

    def book(self, version: int, booking: Booking) -> None:
        before = self.stored.get((booking.order.account_id, booking.order.contract_number)) if booking.order else None
        if not self.write(version, booking) or booking.order is None or before is None:
            return
        change = booking.order.changes[-1]
        if change.reason == "filled" and change.price is not None:
            assert change.reference not in self.traded, "a fill was booked twice"
            self.traded[change.reference] = (booking.order, change.quantity, change.price)

    @initialize(cash=st.sampled_from([0, 1_000_000, 10_000_000]), shares=st.sampled_from([0, 1000, 5000]))
    def open(self, cash: int, shares: int) -> None:
        for account in ACCOUNTS:
            for asset, amount in ((CASH, Decimal(cash) / 100), *((code, Decimal(shares)) for code in CODES)):
                entry = ledger.opening(account, asset, amount, Decimal(0), self.day.isoformat(), self.now())
                assert self.write(0, Booking(None, (entry,)))
        self.opened = dict(self.positions)
        self.bank = dict.fromkeys(ACCOUNTS, Decimal(cash) / 100)
        self.banked = dict(self.bank)

    # What happens.

    @rule(
        target=orders,
        account=st.sampled_from(ACCOUNTS),
        side=st.sampled_from(["buy", "sell"]),
        code=st.sampled_from(CODES),
        quantity=st.integers(1, 400),
        price=PRICES,
    )
    def place(self, account: str, side: Any, code: str, quantity: int, price: Decimal) -> Any:
        order = Order(side, code, quantity, price)
        number = str(len(self.stored))
        facts = {"key": number, "rate": RATE, "day": self.day.isoformat(), "at": self.now()}
        freeze = cost_of_buying(order, RATE, FEES) if side == "buy" else Decimal(quantity)
        booking = ledger.accept(order, account_id=account, contract_number=number, freeze=freeze, **facts)
        taken = self.write(0, booking)
        assert not (taken and self.write(0, booking)), "an order was taken twice"
        return (account, number) if taken else multiple()

    @rule(
        key=orders,
        quantity=st.integers(1, 3) | st.integers(1, 250),
        better=st.integers(0, 99),
        name=st.integers(),
        held=st.booleans(),
    )
    def fill(self, key: tuple[str, str], quantity: int, better: int, name: int, held: bool) -> None:
        order = self.stored[key]
        if order.is_open:
            gain = Decimal(better) / 100
            price = order.price - gain if order.side == "buy" else order.price + gain
            fill = Fill(f"{key}#{name}", quantity, price, self.now())
            self.send(order, ledger.fill(order, fill, FEES), held)

    @precondition(lambda self: self.traded)
    @rule(n=st.integers(0, 50), held=st.booleans())
    def deliver_a_fill_again(self, n: int, held: bool) -> None:
        name = sorted(self.traded)[n % len(self.traded)]
        order, quantity, price = self.traded[name]
        current = self.stored[order.account_id, order.contract_number]
        self.send(current, ledger.fill(current, Fill(name, quantity, price, self.now()), FEES), held)

    @rule(key=orders, held=st.booleans())
    def cancel(self, key: tuple[str, str], held: bool) -> None:
        order = self.stored[key]
        self.send(order, ledger.end(order, "cancelled", "customer", "k", self.now()), held)

    @rule(key=orders, price=PRICES, held=st.booleans())
    def reprice(self, key: tuple[str, str], price: Decimal, held: bool) -> None:
        order = self.stored[key]
        self.send(order, ledger.reprice(order, price, FEES, "now_limit", f"r{price}", self.now()), held)

    @precondition(lambda self: self.in_flight)
    @rule(n=st.integers(0, 50), keep=st.booleans())
    def a_held_booking_comes_through(self, n: int, keep: bool) -> None:
        n %= len(self.in_flight)
        self.book(*(self.in_flight[n] if keep else self.in_flight.pop(n)))

    @rule(
        target=asked,
        account=st.sampled_from(ACCOUNTS),
        direction=st.sampled_from(["in", "out"]),
        amount=PRICES | st.just(Decimal("9000.00")),
    )
    def request_a_transfer(self, account: str, direction: Any, amount: Decimal) -> Any:
        """As the real books do it: out goes at most what may be drawn out when it is written."""
        held = self.positions[account, CASH]
        if direction == "out" and amount > withdrawable(held.available, held.unsettled):
            return multiple()
        number, day = f"t{len(self.transferred)}", self.day.isoformat()
        facts = {"key": number, "direction": direction, "amount": amount, "day": day, "at": self.now()}
        booking = transfers.request(account_id=account, number=number, **facts)
        assert self.write_transfer(0, booking)
        assert not self.write_transfer(0, booking), "a transfer was recorded twice"
        return (account, number)

    def ask_the_bank(self, transfer: TransferState, refuse: bool) -> bool:
        """A known reference is answered as it was; the money moves with the first answer."""
        if transfer.reference not in self.answers:
            sign = -1 if transfer.direction == "in" else 1
            after = self.bank[transfer.account_id] + sign * transfer.amount
            self.answers[transfer.reference] = done = not refuse and after >= 0
            if done:
                self.bank[transfer.account_id] = after
        return self.answers[transfer.reference]

    def settle_transfer(self, transfer: TransferState, done: bool) -> None:
        """``transfer`` as it was when somebody looked at it, perhaps long ago."""
        reason = "" if done else "refused"
        booking = transfers.settle(transfer, done, reason, self.day.isoformat(), self.now())
        self.write_transfer(transfer.version, booking)

    @rule(key=asked, refuse=st.booleans(), answer=st.sampled_from(["comes", "is lost", "comes too late"]))
    def the_bank_is_asked(self, key: tuple[str, str], refuse: bool, answer: str) -> None:
        """Delivered again it is the same request; what comes too late finds the transfer marked as unknown."""
        seen = self.transferred[key]
        done = self.ask_the_bank(seen, refuse)
        if answer != "comes":
            self.write_transfer(seen.version, transfers.doubt(seen, self.now()))
        if answer != "is lost":
            self.settle_transfer(seen, done)

    @rule(key=asked)
    def the_request_is_lost(self, key: tuple[str, str]) -> None:
        seen = self.transferred[key]
        self.write_transfer(seen.version, transfers.doubt(seen, self.now()))

    @rule(key=asked, over=st.booleans())
    def reconcile(self, key: tuple[str, str], over: bool) -> None:
        """By the bank's records; what it knows nothing of is voided there when its time is over."""
        seen = self.transferred[key]
        if seen.is_open and (over or seen.reference in self.answers):
            self.settle_transfer(seen, self.ask_the_bank(seen, refuse=True))
            assert not self.transferred[key].is_open

    @rule(account=st.sampled_from(ACCOUNTS), back=st.integers(0, 3), most=st.integers(0, 3), held=st.booleans())
    def settle(self, account: str, back: int, most: int, held: bool) -> None:
        """Any day, any time, any number of times, stopped after any step."""
        day = (self.day - timedelta(days=back)).isoformat()
        for order in [o for o in self.stored.values() if o.account_id == account and o.day == day][:most]:
            self.send(order, ledger.end(order, "expired", "day_over", "e", self.now()), False)
        entries = [e for e in self.entries.values() if e.account_id == account and e.entry_id.startswith(f"{day}#")]
        for booking in ledger.settle(account, day, entries, self.now())[:most]:
            if held:
                self.in_flight.append((0, booking))
            else:
                self.book(0, booking)

    @rule()
    def next_day(self) -> None:
        self.day += timedelta(days=1)

    # What must hold.

    @invariant()
    def every_position_is_the_sum_of_its_entries(self) -> None:
        sums = {
            (account, asset): moved
            for account in ACCOUNTS
            for asset, moved in movements(e for e in self.entries.values() if e.account_id == account).items()
        }
        assert sums == self.positions

    @invariant()
    def nothing_is_negative(self) -> None:
        assert all(amount >= 0 for held in self.positions.values() for amount in held)

    @invariant()
    def what_is_frozen_is_frozen_for_open_orders_and_transfers(self) -> None:
        frozen: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
        for order in self.stored.values():
            frozen[order.account_id, order.frozen_asset] += order.frozen
            assert order.frozen == 0 or order.is_open
        for transfer in self.transferred.values():
            if transfer.is_open and transfer.direction == "out":
                frozen[transfer.account_id, CASH] += transfer.amount
        assert all(held.frozen == frozen[key] for key, held in self.positions.items())

    @invariant()
    def cash_and_shares_are_conserved(self) -> None:
        expected = {key: held.available for key, held in self.opened.items()}
        for order, quantity, price in self.traded.values():
            sign = 1 if order.side == "buy" else -1
            expected[order.account_id, order.code] += sign * quantity
            expected[order.account_id, CASH] -= sign * (price * quantity).quantize(Decimal("0.01"))
        for order in self.stored.values():
            expected[order.account_id, CASH] -= order.charges.total
        for transfer in self.transferred.values():
            if transfer.state == "done":
                expected[transfer.account_id, CASH] += transfer.amount * (1 if transfer.direction == "in" else -1)
        for (account, asset), held in self.positions.items():
            unsettled = 0 if asset == CASH else held.unsettled
            assert held.available + held.frozen + unsettled == expected[account, asset]

    @invariant()
    def the_bank_and_the_books_tell_the_same(self) -> None:
        """What the bank moved is booked, or still open; and the bank's money is conserved."""
        expected = dict(self.banked)
        for transfer in self.transferred.values():
            done = self.answers.get(transfer.reference)
            assert transfer.is_open or (transfer.state == "done") == done
            if done:
                expected[transfer.account_id] -= transfer.amount * (1 if transfer.direction == "in" else -1)
        assert self.bank == expected
        assert all(amount >= 0 for amount in self.bank.values())

    @invariant()
    def orders_trade_what_they_may_and_pay_what_is_due(self) -> None:
        for order in self.stored.values():
            due = charges_due(order.side, order.traded, RATE, FEES)
            assert 0 <= order.filled <= order.quantity
            assert (order.state == "filled") == (order.remaining == 0)
            assert order.charges.total == (due.total if order.side == "buy" else min(due.total, order.traded))


TestBooks = Books.TestCase
TestBooks.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
