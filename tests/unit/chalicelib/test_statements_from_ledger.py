"""Statements made of the ledger: whatever happened in an account adds up, and each line says what it was."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib import statements, trading
from chalicelib.statements import Period, Unreconciled
from chalicelib.statements.from_ledger import Facts, Traded, statement
from chalicelib.statements.statement import NOTHING, Fees, checked
from chalicelib.trading import Order, ledger, past
from chalicelib.trading.counter import Movements
from chalicelib.trading.ledger import CASH, Booking, Entry, Fill, OrderState
from chalicelib.trading.matching import TapeRow
from chalicelib.trading.models import ClosingPrice, EntryRecord, Position
from chalicelib.trading.rules import cost_of_buying

from .seed import ACCOUNT, RATE, customer, security
from .trading_seed import DAY, FEES, at, opened

CODES = ("600519", "000001")
MADE = at("17:00", DAY + timedelta(days=60))
TOMORROW = DAY + timedelta(days=1)


class Account:
    """Books in memory, of the ledger's pure verbs: what they write is the history of one account."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.orders: list[OrderState] = []
        self.day, self.seconds = DAY, 0
        for asset, amount in ((CASH, "1000000.00"), *((code, "1000") for code in CODES)):
            self.entries.append(
                ledger.opening(ACCOUNT, asset, Decimal(amount), NOTHING, self.day.isoformat(), self.now())
            )

    def now(self) -> str:
        self.seconds += 1
        return (at("09:30", self.day) + timedelta(seconds=self.seconds)).isoformat()

    def available(self, asset: str) -> Decimal:
        return sum((entry.available for entry in self.entries if entry.asset == asset), NOTHING)

    def book(self, booking: Booking | None) -> OrderState | None:
        if booking:
            self.entries += booking.entries
        return booking.order if booking else None

    def trade(self, side: Literal["buy", "sell"], code: str, quantity: int, price: Decimal, parts: list[int]) -> None:
        """An order that trades in parts, as far as they go; the rest is cancelled."""
        order = Order(side, code, quantity, price)
        freeze = cost_of_buying(order, RATE, FEES) if side == "buy" else Decimal(quantity)
        if self.available(CASH if side == "buy" else code) < freeze:
            return
        facts: dict[str, Any] = {
            "key": "k",
            "rate": RATE,
            "freeze": freeze,
            "day": self.day.isoformat(),
            "at": self.now(),
        }
        state = self.book(ledger.accept(order, account_id=ACCOUNT, contract_number=str(len(self.orders)), **facts))
        assert state
        for part in parts:
            fill = Fill(f"{state.contract_number}#{part}#{self.seconds}", part, price, self.now())
            state = self.book(ledger.fill(state, fill, FEES)) or state
        state = self.book(ledger.end(state, "cancelled", "customer", "c", self.now())) or state
        self.orders.append(state)

    def move(self, amount: Decimal) -> None:
        """A bank transfer, in or out."""
        if self.available(CASH) + amount >= 0 and amount:
            number, when = f"T{self.seconds}", self.now()
            entry_id = f"{self.day.isoformat()}#{when}#{number}#0"
            self.entries.append(Entry(ACCOUNT, entry_id, CASH, amount, NOTHING, NOTHING, "transfer", number, when))

    def next_day(self) -> None:
        today = [entry for entry in self.entries if entry.entry_id.startswith(self.day.isoformat())]
        for booking in ledger.settle(ACCOUNT, self.day.isoformat(), today, self.now()):
            self.book(booking)
        self.day += timedelta(days=1)
        self.seconds = 0

    def movements(self, period: Period) -> Movements:
        since = [entry for entry in self.entries if entry.entry_id >= period.first.isoformat()]
        now = {asset: self.held(asset) for asset in (CASH, *CODES)}
        until = [entry for entry in since if entry.entry_id < f"{period.last.isoformat()}#~"]
        return Movements(past.before(now, since), until)

    def held(self, asset: str) -> Decimal:
        return sum((past.moved(entry) for entry in self.entries if entry.asset == asset), NOTHING)

    def statement(self, period: Period, **facts: Any) -> statements.Statement:
        fills = {
            change.reference: Traded(order.contract_number, change.price)
            for order in self.orders
            for change in order.changes
            if change.reason == "filled" and change.price is not None
        }
        names = {code: {"zh-CN": code} for code in CODES}
        prices = {code: Decimal("12.34") for code in CODES}
        known = Facts(fills, names, prices)._replace(**facts)
        return statement("王芳", "1234", period, self.movements(period), known, MADE)


STEPS = st.one_of(
    st.tuples(
        st.just("trade"),
        st.sampled_from(["buy", "sell"]),
        st.sampled_from(CODES),
        st.integers(1, 900),
        st.integers(100, 30000).map(lambda fen: Decimal(fen) / 100),
        st.lists(st.integers(1, 500), max_size=3),
    ),
    st.tuples(st.just("move"), st.integers(-(10**7), 10**7).map(lambda fen: Decimal(fen) / 100)),
    st.tuples(st.just("next_day")),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(STEPS, max_size=25), st.integers(0, 4), st.integers(0, 4))
def test_whatever_happened_every_statement_of_it_adds_up_and_follows_the_one_before(
    steps: list[tuple[Any, ...]], start: int, length: int
) -> None:
    account = Account()
    for name, *arguments in steps:
        getattr(account, name)(*arguments)
    first = DAY + timedelta(days=start)
    last = first + timedelta(days=length)
    stated = checked(account.statement(Period(first, last)))
    earlier = checked(account.statement(Period(DAY, first)))
    whole = checked(account.statement(Period(DAY, account.day)))
    assert whole.closing == account.held(CASH)
    assert {one.code: one.closing for one in whole.holdings} == {code: account.held(code) for code in CODES}
    days = [checked(account.statement(Period(day, day))) for day in (first + timedelta(n) for n in range(length + 1))]
    assert stated.entries == [entry for day in days for entry in day.entries]
    assert (stated.opening, stated.closing) == (days[0].opening, days[-1].closing)
    assert earlier.closing == days[0].closing
    assert stated.fees.total == sum((day.fees.total for day in days), NOTHING)


def test_a_fill_is_one_line_with_its_fees_and_its_order_s_number() -> None:
    account = Account()
    account.trade("sell", "600519", 200, Decimal("100.00"), [150])
    [line] = checked(account.statement(Period(DAY, DAY))).entries
    assert (line.kind, line.reference, line.quantity, line.price) == ("sell", "0", -150, Decimal("100.00"))
    assert line.amount == Decimal("15000.00")
    assert line.fees == Fees(Decimal("5.00"), Decimal("7.50"), Decimal("0.15"))
    assert line.balance == Decimal("1014987.35")


def test_what_is_frozen_released_or_settled_is_no_line() -> None:
    account = Account()
    account.trade("buy", "600519", 100, Decimal("10.00"), [])
    account.next_day()
    stated = checked(account.statement(Period(DAY, DAY)))
    assert stated.entries == []
    assert stated.opening == stated.closing == Decimal("1000000.00")


def test_transfers_are_named_by_their_way() -> None:
    account = Account()
    account.move(Decimal("500.00"))
    account.move(Decimal("-200.00"))
    lines = checked(account.statement(Period(DAY, DAY))).entries
    assert [(line.kind, line.amount, line.balance) for line in lines] == [
        ("deposit", Decimal("500.00"), Decimal("1000500.00")),
        ("withdrawal", Decimal("-200.00"), Decimal("1000300.00")),
    ]


@pytest.mark.parametrize(("asset", "amount"), [(CASH, "-3.00"), ("600519", "30")])
def test_what_is_of_no_known_kind_is_an_adjustment(asset: str, amount: str) -> None:
    account = Account()
    reason: Any = "bonus"
    when = account.now()
    account.entries.append(
        Entry(ACCOUNT, f"{DAY}#{when}#b#0", asset, Decimal(amount), NOTHING, NOTHING, reason, "b", when)
    )
    [line] = checked(account.statement(Period(DAY, DAY))).entries
    assert line.kind == "adjustment"
    assert (line.amount or line.quantity) == Decimal(amount)


def test_a_fill_without_its_order_is_not_stated() -> None:
    account = Account()
    account.trade("buy", "600519", 100, Decimal("10.00"), [100])
    with pytest.raises(Unreconciled, match="is of no order of the period"):
        account.statement(Period(DAY, DAY), fills={})


def test_shares_without_a_closing_price_are_not_stated() -> None:
    with pytest.raises(Unreconciled, match="no closing price of 000001"):
        Account().statement(Period(DAY, DAY), prices={"600519": Decimal(1)})


# From the tables.


def trade(time: str, price: str, volume: int = 1000, day: date = DAY) -> None:
    from chalicelib.trading import exchange

    row = TapeRow("600519", at(time, day), Decimal(price), volume)
    exchange.trade(row)
    exchange.mark(row)


@pytest.fixture
def traded(cloud: None) -> None:
    """A buy of 200 at 100.00, filled in two parts on DAY; on the day after, all is as it was."""
    customer()
    security()
    opened()
    assert trading.place_order(ACCOUNT, Order("buy", "600519", 200, Decimal("100.00")), "k", at("09:35"))
    trade("09:40", "100.00", 120)
    trade("09:41", "99.90", 500)


def test_a_day_of_the_tables_is_stated(traded: None) -> None:
    stated = statements.of_ledger(ACCOUNT, "C-1", Period(DAY, DAY), at("17:00"))
    assert (stated.name, stated.account_tail) == ("王芳", "1234")
    assert [(line.kind, line.quantity) for line in stated.entries] == [("buy", 120), ("buy", 80)]
    assert len({line.reference for line in stated.entries}) == 1
    assert stated.opening == Decimal("100000.00")
    [holding] = stated.holdings
    assert (holding.opening, holding.closing, holding.price) == (0, 200, Decimal("99.90"))
    assert holding.names["en"] == "Share 600519"


def test_an_earlier_day_is_as_it_was_and_a_later_one_begins_where_it_ended(traded: None) -> None:
    eve = DAY - timedelta(days=1)
    before = statements.of_ledger(ACCOUNT, "C-1", Period(eve, eve), at("17:00"))
    assert (before.opening, before.closing, before.holdings) == (0, 0, [])
    after = statements.of_ledger(ACCOUNT, "C-1", Period(TOMORROW, TOMORROW), at("17:00", TOMORROW))
    day = statements.of_ledger(ACCOUNT, "C-1", Period(DAY, DAY), at("17:00"))
    assert after.opening == day.closing
    assert [(one.opening, one.closing) for one in after.holdings] == [(200, 200)]


def test_another_customer_s_account_is_not_stated(traded: None) -> None:
    with pytest.raises(LookupError, match="no such account of this customer"):
        statements.of_ledger(ACCOUNT, "C-2", Period(DAY, DAY), at("17:00"))


def test_an_account_that_is_none_has_no_movements(cloud: None) -> None:
    with pytest.raises(LookupError, match="no such trading account"):
        trading.movements("nobody", DAY, DAY)


def test_what_is_booked_while_movements_are_read_is_read_again(traded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """An order is placed, and another, between the reading of the entries and that of the positions."""
    whole = trading.movements(ACCOUNT, TOMORROW, TOMORROW).opening
    query, count = Position.query, iter(range(2))

    def meanwhile(*arguments: Any, **options: Any) -> Any:
        for n in count:
            trading.place_order(ACCOUNT, Order("buy", "600519", 100, Decimal("99.00")), f"m{n}", at("09:50", TOMORROW))
            trade("09:51", "98.00", 100 * (n + 1), TOMORROW)
            break
        return query(*arguments, **options)

    monkeypatch.setattr(Position, "query", meanwhile)
    found = trading.movements(ACCOUNT, TOMORROW, TOMORROW)
    assert found.opening == whole
    assert next(count, None) is None
    assert any(entry.reason == "freeze" for entry in found.entries)


def test_an_account_that_changes_all_the_time_is_not_stated(traded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    read, count = EntryRecord.query, iter(range(99))

    def changing(*arguments: Any, **options: Any) -> Any:
        trading.open_position(
            ACCOUNT, f"{next(count):06d}", Decimal(1), Decimal(0), None, TOMORROW, at("10:00", TOMORROW)
        )
        return read(*arguments, **options)

    monkeypatch.setattr(EntryRecord, "query", changing)
    with pytest.raises(TimeoutError, match="changes while its movements are read"):
        trading.movements(ACCOUNT, DAY, DAY)


def test_a_closing_price_is_the_last_of_its_day_however_the_rows_come(traded: None) -> None:
    trade("14:59", "101.00")
    trade("14:58", "102.00")
    trade("09:30", "95.00", day=TOMORROW)
    assert trading.closing_prices(["600519"], DAY) == {"600519": Decimal("101.00")}
    assert trading.closing_prices(["600519", "000001"], TOMORROW + timedelta(days=9)) == {"600519": Decimal("95.00")}
    assert trading.closing_prices(["600519"], DAY - timedelta(days=1)) == {}
    assert datetime.fromisoformat(ClosingPrice.get("600519", DAY.isoformat()).at) == at("14:59")
