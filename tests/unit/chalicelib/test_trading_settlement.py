"""The exchange and the day's end on moto: every row, fill and settlement happens once, whatever is repeated."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from moto import mock_aws
from pynamodb.exceptions import TransactWriteError

from chalicelib import trading
from chalicelib.trading import Cancelled, Order, Placed, books, exchange, settlement
from chalicelib.trading.ledger import CASH, OrderState
from chalicelib.trading.matching import Level, TapeRow
from chalicelib.trading.models import EntryRecord, OrderRecord, Position, Security, TapeMatch
from chalicelib.trading.sessions import next_trading_day

from .seed import ACCOUNT, security
from .trading_seed import DAY, assert_explained, at, balance, explained, ledger_tables, opened, settle_day

CODE, TODAY = "601398", DAY.isoformat()
EVENING = at("16:30")


@pytest.fixture
def day(cloud: None) -> None:
    """A share that closed at 7.85, and an account with money and 2,000 of it."""
    ledger_tables()
    security(CODE, "7.85"), opened(), opened(CODE, "2000")


def place(side: Any, quantity: int, price: str, time: str, key: str = "", kind: Any = "limit") -> str:
    order = Order(side, CODE, quantity, Decimal(price), kind)
    answer = trading.place_order(ACCOUNT, order, key or f"{side}{time}", at(time))
    assert isinstance(answer, Placed)
    return answer.contract_number


def row(time: str, price: str, volume: int, **shown: Any) -> TapeRow:
    return TapeRow(CODE, at(time), Decimal(price), volume, **shown)


def order(number: str) -> OrderState:
    found = trading.order(ACCOUNT, number)
    assert found is not None
    return found


@pytest.mark.usefixtures("day")
class TestTheExchange:
    def test_a_row_delivered_again_trades_nothing_more(self) -> None:
        first, second = place("buy", 300, "7.86", "09:31"), place("buy", 300, "7.86", "09:32")
        for _ in range(3):
            exchange.trade(row("09:35", "7.85", 400))
        # Were the row matched anew, its 400 shares would go to the second order.
        assert (order(first).filled, order(second).filled) == (300, 100)
        assert_explained()

    def test_a_row_that_broke_off_is_taken_up_as_it_was_decided(self, monkeypatch: pytest.MonkeyPatch) -> None:
        numbers = [place("buy", 300, "7.86", f"09:3{n}") for n in range(3)]
        change, calls = books.change, []

        def breaks_off(*given: Any) -> Any:
            calls.append(given)
            if len(calls) == 2:
                raise ConnectionError
            return change(*given)

        monkeypatch.setattr(books, "change", breaks_off)
        with pytest.raises(ConnectionError):
            exchange.trade(row("09:35", "7.85", 700))
        assert [order(number).filled for number in numbers] == [300, 0, 0]
        exchange.trade(row("09:35", "7.85", 700))
        assert [order(number).filled for number in numbers] == [300, 300, 100]
        assert_explained()

    def test_an_order_cancelled_after_the_decision_stays_cancelled(self, monkeypatch: pytest.MonkeyPatch) -> None:
        number, change = place("buy", 300, "7.86", "09:31"), books.change

        def cancelled_first(*given: Any) -> Any:
            monkeypatch.setattr(books, "change", change)
            assert trading.cancel_order(ACCOUNT, number, "c", at("09:34")) == Cancelled(number, 300, 0)
            return change(*given)

        monkeypatch.setattr(books, "change", cancelled_first)
        exchange.trade(row("09:35", "7.85", 300))
        assert (order(number).state, order(number).filled) == ("cancelled", 0)
        assert balance(CODE).unsettled == 0
        assert_explained()

    def test_a_cancellation_and_a_fill_never_both_win(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Both are reckoned from the same order; the one that is written second finds it changed."""
        number = place("buy", 300, "7.86", "09:31")
        stale, read, raced = order(number), books.read, []

        def filled_after_it_was_read(account_id: str, contract_number: str) -> OrderState | None:
            if raced:
                return read(account_id, contract_number)
            raced.append(1)
            exchange.trade(row("09:35", "7.85", 300))
            return stale

        monkeypatch.setattr(books, "read", filled_after_it_was_read)
        answer = trading.cancel_order(ACCOUNT, number, "c", at("09:35"))
        assert answer == trading.NotCancelled("not_open", "filled")
        assert balance(CODE).unsettled == 300
        assert_explained()

    def test_what_changes_all_the_time_is_an_error(self, monkeypatch: pytest.MonkeyPatch) -> None:
        number = place("buy", 300, "7.86", "09:31")
        stale = order(number)
        exchange.trade(row("09:35", "7.85", 100))
        monkeypatch.setattr(books, "read", lambda *_: stale)
        with pytest.raises(TransactWriteError):
            trading.cancel_order(ACCOUNT, number, "c", at("09:36"))
        assert_explained()

    def test_the_rest_of_a_market_order_is_cancelled_or_waits_at_a_price(self) -> None:
        asks = (Level(Decimal("7.86"), 100), Level(Decimal("7.87"), 100))
        cancelled = place("buy", 300, "0", "09:31", kind="best_five_cancel")
        waits = place("buy", 300, "7.90", "09:32", kind="best_five_limit")
        exchange.trade(row("09:35", "7.85", 0, asks=asks))
        assert (order(cancelled).state, order(cancelled).filled) == ("cancelled", 200)
        assert order(waits).state == "cancelled"  # the first has taken all there was
        waits = place("buy", 300, "7.90", "09:36", kind="best_five_limit")
        for _ in range(2):
            exchange.trade(row("09:40", "7.85", 0, asks=asks))
        assert (order(waits).state, order(waits).kind, order(waits).price) == (
            "partly_filled", "limit", Decimal("7.87"),
        )  # fmt: skip
        assert balance().frozen == order(waits).frozen
        assert_explained()

    def test_a_decision_taken_from_an_old_index_does_not_undo_a_newer_one(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        number = place("buy", 300, "8.00", "09:31", kind="best_five_limit")
        old = list(books.open_orders(TODAY, CODE))
        exchange.trade(row("09:35", "7.85", 100))
        monkeypatch.setattr(books, "open_orders", lambda *_: old)
        exchange.trade(row("09:36", "7.90", 100))  # within the order's old price, beyond its new one
        exchange.trade(row("09:37", "8.10", 100))  # within neither: a market order would be cancelled
        assert (order(number).state, order(number).filled, order(number).price) == (
            "partly_filled", 100, Decimal("7.85"),
        )  # fmt: skip
        assert_explained()


# One day, reckoned by hand (commission 0.03 %, at least 5.00; stamp duty 0.05 %; transfer fee 0.001 %):
#
#   09:35  4,000 bought at 7.85  31,400.00   commission  9.42              transfer 0.31
#   09:45  3,000 bought at 7.86  23,580.00   commission 16.49 -  9.42      transfer 0.55 - 0.31
#   14:00  1,000 bought at 7.83   7,830.00   commission 18.84 - 16.49      transfer 0.63 - 0.55
#          8,000                 62,810.00              18.84                       0.63         62,829.47 to pay
#   10:05  1,500 sold at 7.90    11,850.00   duty 5.93  commission 5.00    transfer 0.12
#   10:10    500 sold at 7.88     3,940.00   duty 7.90 - 5.93              transfer 0.16 - 0.12
#          2,000                 15,790.00        7.90              5.00            0.16         15,776.94 to get
TAPE = [
    ("09:35", "7.85", 4000), ("09:40", "7.87", 9000), ("09:45", "7.86", 3000), ("10:05", "7.90", 1500),
    ("10:10", "7.88", 100000), ("14:00", "7.83", 1000), ("15:00", "7.87", 50000),
]  # fmt: skip
STATEMENT = {
    ("opening", CASH): "100000.00", ("opening", CODE): "2000",
    ("buy", CASH): "-62810.00", ("buy", CODE): "8000", ("sell", CASH): "15790.00", ("sell", CODE): "-2000",
    ("stamp_duty", CASH): "-7.90", ("transfer_fee", CASH): "-0.79", ("commission", CASH): "-23.84",
}  # fmt: skip


@pytest.mark.usefixtures("day")
def test_a_day_of_prices_ends_as_the_statement_worked_by_hand() -> None:
    buy, sale = place("buy", 10000, "7.86", "09:31"), place("sell", 2000, "7.88", "10:00")
    assert order(buy).frozen == Decimal("78624.37")  # 78,600.00, 23.58, 0.79
    for time, price, volume in TAPE:
        for _ in range(2):
            exchange.trade(row(time, price, volume))
    assert balance()[2] == Decimal("15776.94")
    assert balance(CODE) == (0, 0, 8000)
    settle_day(DAY, EVENING)
    assert (order(buy).state, order(buy).filled, order(sale).state) == ("expired", 8000, "filled")
    assert balance() == (Decimal("52947.47"), 0, 0)  # 100,000.00 - 62,829.47 + 15,776.94
    assert balance(CODE) == (8000, 0, 0)
    sums: dict[tuple[str, str], Decimal] = {}
    for entry in books.entries_between(ACCOUNT, TODAY, TODAY):
        shares = entry.unsettled if entry.asset != CASH else 0
        key = (entry.reason, entry.asset)
        sums[key] = sums.get(key, Decimal(0)) + entry.available + entry.frozen + shares
    assert {key: amount for key, amount in sums.items() if amount} == {k: Decimal(v) for k, v in STATEMENT.items()}
    assert_explained()


@pytest.mark.usefixtures("day")
class TestTheDaysEnd:
    def traded(self) -> None:
        place("buy", 1000, "7.86", "09:31"), place("sell", 500, "7.85", "09:32")
        place("buy", 100, "7.70", "09:33"), place("sell", 100, "8.20", "09:34")
        exchange.trade(row("09:35", "7.85", 5000))

    def test_shares_bought_today_are_sold_from_the_next_trading_day(self) -> None:
        place("buy", 1000, "7.86", "09:31"), exchange.trade(row("09:35", "7.85", 5000))
        order = Order("sell", CODE, 2100, Decimal("7.85"))
        assert isinstance(trading.preview_order(ACCOUNT, order, at("10:00")), trading.Refusal)
        settlement.settle(ACCOUNT, TODAY, EVENING)
        assert isinstance(trading.preview_order(ACCOUNT, order, at("10:00", next_trading_day(DAY))), trading.Quote)

    def test_money_from_a_sale_buys_at_once_and_is_drawn_out_from_the_next_trading_day(self) -> None:
        place("sell", 500, "7.85", "09:32"), exchange.trade(row("09:35", "7.85", 5000))
        got = Decimal("3918.00")  # 3,925.00 less 1.96, 0.04 and 5.00
        assert trading.funds(ACCOUNT)[:2] == (Decimal("100000.00") + got, Decimal("100000.00"))
        settlement.settle(ACCOUNT, TODAY, EVENING)
        assert trading.funds(ACCOUNT)[:2] == (Decimal("100000.00") + got, Decimal("100000.00") + got)

    def test_open_orders_expire_and_release(self) -> None:
        self.traded()
        settlement.settle(ACCOUNT, TODAY, EVENING)
        states = [found.state for found in trading.counter.orders(ACCOUNT, DAY)]
        assert states == ["expired", "expired", "filled", "filled"]
        assert balance()[1] == balance(CODE)[1] == 0
        assert list(books.open_orders(TODAY, CODE)) == []
        assert_explained()

    def test_again_it_does_nothing(self) -> None:
        self.traded()
        settle_day(DAY, EVENING)
        before = books.entries_between(ACCOUNT, TODAY, TODAY)
        assert settle_day(DAY, at("18:00")) == 1
        assert books.entries_between(ACCOUNT, TODAY, TODAY) == before

    @pytest.mark.parametrize("step", range(4))
    def test_stopped_anywhere_it_is_taken_up_again(self, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self.traded()
        write, left = books._write, [step]

        def stops(*given: Any) -> None:
            if not left[0]:
                raise ConnectionError
            left[0] -= 1
            write(*given)

        with monkeypatch.context() as broken:
            broken.setattr(books, "_write", stops)
            with pytest.raises(ConnectionError):
                settle_day(DAY, EVENING)
        settle_day(DAY, EVENING)
        assert balance()[1:] == balance(CODE)[1:] == (0, 0)
        assert balance(CODE)[0] == 2500
        assert_explained()

    def test_late_it_frees_nothing_of_the_next_day(self) -> None:
        tomorrow = next_trading_day(DAY)
        self.traded()
        answer = trading.place_order(ACCOUNT, Order("buy", CODE, 300, Decimal("7.86")), "k", at("09:31", tomorrow))
        assert isinstance(answer, Placed)
        exchange.trade(TapeRow(CODE, at("09:35", tomorrow), Decimal("7.85"), 5000))
        settle_day(DAY, at("10:00", tomorrow))
        assert balance(CODE) == (2500, 0, 300)
        assert_explained()

    def test_a_day_that_is_not_over_is_not_settled(self) -> None:
        with pytest.raises(ValueError, match="not over"):
            settlement.settle(ACCOUNT, TODAY, at("14:59"))

    def test_every_account_with_orders_is_settled(self) -> None:
        for account in ("A-2", "A-3"):
            opened(account=account)
            trading.place_order(account, Order("buy", CODE, 100, Decimal("7.85")), "k", at("09:31"))
            trading.place_order(account, Order("buy", CODE, 100, Decimal("7.84")), "l", at("09:31"))
        assert settle_day(DAY, EVENING) == 2
        assert [balance(account=account)[1] for account in ("A-2", "A-3")] == [0, 0]


class Line(RuleBasedStateMachine):
    """The real verbs on moto, for days on end; anything may be repeated, and settlement comes when it comes."""

    accounts = ("A-1", "A-2")

    def __init__(self) -> None:
        super().__init__()
        self.aws = mock_aws()
        self.aws.start()
        for table in (Security, Position, OrderRecord, EntryRecord, TapeMatch):
            table.create_table(billing_mode="PAY_PER_REQUEST")
        self.day: date = DAY
        self.minutes = 0
        self.done: list[Callable[[], object]] = []

    def teardown(self) -> None:
        self.aws.stop()

    @initialize()
    def open(self) -> None:
        security(CODE, "7.85")
        for account in self.accounts:
            opened(available="20000.00", account=account), opened(CODE, "1000", account=account)

    def now(self) -> Any:
        self.minutes = min(self.minutes + 1, 119)
        return at("09:30", self.day) + timedelta(minutes=self.minutes)

    def do(self, verb: Callable[[], object]) -> None:
        self.done.append(verb)
        verb()

    @rule(
        account=st.sampled_from(accounts),
        side=st.sampled_from(["buy", "sell"]),
        lots=st.integers(1, 6),
        fen=st.integers(770, 800),
        kind=st.sampled_from(["limit", "limit", "best_five_cancel", "best_five_limit", "own_best", "counter_best"]),
    )
    def place(self, account: str, side: Any, lots: int, fen: int, kind: Any) -> None:
        order, when, key = Order(side, CODE, lots * 100, Decimal(fen) / 100, kind), self.now(), str(len(self.done))
        self.do(lambda: trading.place_order(account, order, key, when))

    @rule(fen=st.integers(770, 800), volume=st.integers(0, 900), shown=st.booleans())
    def trade(self, fen: int, volume: int, shown: bool) -> None:
        price, tick = Decimal(fen) / 100, Decimal("0.01")
        levels = {"bids": (Level(price - tick, 150),), "asks": (Level(price + tick, 150),)} if shown else {}
        tape = TapeRow(CODE, self.now(), price, volume, **levels)
        self.do(lambda: exchange.trade(tape))

    @rule(account=st.sampled_from(accounts), n=st.integers(0, 9), amend=st.booleans())
    def cancel(self, account: str, n: int, amend: bool) -> None:
        if found := [order for order in trading.counter.orders(account, self.day) if order.is_open]:
            number, when, key = found[n % len(found)].contract_number, self.now(), str(len(self.done))
            if amend:
                self.do(lambda: trading.amend_order(account, number, 300, Decimal("7.85"), key, when))
            else:
                self.do(lambda: trading.cancel_order(account, number, key, when))

    @precondition(lambda self: self.done)
    @rule(n=st.integers(0, 99))
    def repeat(self, n: int) -> None:
        self.done[n % len(self.done)]()

    @rule()
    def next_day(self) -> None:
        self.day, self.minutes = next_trading_day(self.day), 0

    @rule()
    def settle(self) -> None:
        day, when = self.day, at("16:30", self.day)
        self.do(lambda: settle_day(day, when))
        self.day, self.minutes = next_trading_day(self.day), 0

    @invariant()
    def the_books_hold(self) -> None:
        for account in self.accounts:
            assert_explained(account)
            held = {asset: balance(asset, account) for asset in explained(account)}
            assert all(amount >= 0 for position in held.values() for amount in position)
            orders = list(map(books.order_of, OrderRecord.query(account)))
            for asset, position in held.items():
                assert position.frozen == sum(o.frozen for o in orders if o.frozen_asset == asset)
            self._is_conserved(held, orders)

    def _is_conserved(self, held: dict[str, Any], orders: list[OrderState]) -> None:
        cash, shares = Decimal("20000.00"), Decimal(1000)
        for order in orders:
            sign = 1 if order.side == "buy" else -1
            cash -= sign * order.traded + order.charges.total
            shares += sign * order.filled
        assert held[CASH].available + held[CASH].frozen == cash
        assert sum(held[CODE]) == shares


@pytest.mark.usefixtures("stage")
def test_any_interleaving_on_the_real_verbs_keeps_the_books() -> None:
    run_state_machine_as_test(
        Line,
        settings=settings(
            max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
