"""One day of a real share, replayed through the embedded exchange, ends as a statement worked by hand.

The prices are those of China Film (600977) on 2024-07-09: see data/README.md. A row of the tape is a five-minute bar:
its close, and the shares traded in it. Nothing below was computed by the house: every figure comes from the bars
(quoted beside the orders), the rates of that day and a pencil. Commission 0.03 %, at least 5.00 an order; stamp duty
0.05 % on sales; transfer fee 0.001 %; each rounded half up to the fen, on an order's whole amount so far.
"""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from chalicelib import trading
from chalicelib.trading import Cancelled, Order, OrderState, Placed, Refusal, books, exchange
from chalicelib.trading.ledger import CASH, Charges
from chalicelib.trading.matching import TapeRow
from chalicelib.trading.models import Security

from .seed import ACCOUNT, RATE, security
from .trading_seed import assert_explained, at, balance, ledger_tables, settle_day

CODE, DAY = "600977", date(2024, 7, 9)
BARS = Path(__file__).with_name("data") / "600977_2024-07-09.csv"
YUAN = Decimal

# By time, what the customer does. The bars each order meets (close, shares) stand beside it.
ORDERS: dict[str, tuple[str, Order]] = {
    # 09:55 10.55 x 86,100, the first bar not above 10.55; 10:00 10.49 x 152,200
    "09:31": ("falls to it", Order("buy", CODE, 200000, YUAN("10.55"))),
    # no bar closes at 10.62 or above: the highest is 09:40 with 10.61
    "09:32": ("never", Order("sell", CODE, 30000, YUAN("10.62"))),
    # 09:40 10.61 x 191,200; 50 shares are no lot, and go with the rest that leaves whole lots behind
    "09:36": ("odd lot", Order("sell", CODE, 20050, YUAN("10.58"))),
    # 10:45 10.28 x 174,900; cancelled at 10:47
    "10:41": ("cancelled", Order("buy", CODE, 200000, YUAN("10.28"))),
    # 11:30 10.41 x 53,400; a market order, the rest of which is cancelled
    "11:26": ("market", Order("buy", CODE, 60000, YUAN("10.45"), "best_five_cancel")),
    # 13:20 10.43 x 34,000, the earlier order first; no later bar is as low as 10.43
    "13:16": ("earlier", Order("buy", CODE, 20000, YUAN("10.43"))),
    "13:17": ("later", Order("buy", CODE, 20000, YUAN("10.43"))),
    # 13:25 10.44 x 85,900; 13:30 10.45 x 93,100
    "13:21": ("rises to it", Order("sell", CODE, 100000, YUAN("10.44"))),
    # 13:40 10.49 x 109,000
    "13:36": ("small", Order("buy", CODE, 100, YUAN("10.50"))),
    # 14:10 10.56: waits there from then on; 14:15 and 14:20 10.57, above it; 14:25 10.56 x 120,400
    "14:06": ("own best", Order("buy", CODE, 1000, YUAN("0"), "own_best")),
}

# By order: what is frozen when it is placed, its fills, what it has traded, its charges and its state at the end.
STATEMENT: dict[str, tuple[str, list[tuple[str, int, str]], str, tuple[str, str, str], str]] = {
    # frozen 2,110,000.00 + 633.00 + 21.10; traded 908,355.00 + 1,194,811.00; commission 630.9498, transfer 21.03166
    "falls to it": ("2110654.10", [("09:55", 86100, "10.55"), ("10:00", 113900, "10.49")], "2103166.00",
                    ("0", "21.03", "630.95"), "filled"),
    "never": ("30000", [], "0", ("0", "0", "0"), "expired"),
    # 20,050 x 10.61; duty 106.36525, transfer 2.127305, commission 63.81915
    "odd lot": ("20050", [("09:40", 20050, "10.61")], "212730.50", ("106.37", "2.13", "63.82"), "filled"),
    # frozen 2,056,000.00 + 616.80 + 20.56; traded 174,900 x 10.28; commission 539.3916, transfer 17.97972
    "cancelled": ("2056637.36", [("10:45", 174900, "10.28")], "1797972.00", ("0", "17.98", "539.39"), "cancelled"),
    # frozen at 10.45: 627,000.00 + 188.10 + 6.27; traded 53,400 x 10.41; commission 166.7682, transfer 5.55894
    "market": ("627194.37", [("11:30", 53400, "10.41")], "555894.00", ("0", "5.56", "166.77"), "cancelled"),
    # frozen 208,600.00 + 62.58 + 2.09, which is what it costs: transfer 2.086
    "earlier": ("208664.67", [("13:20", 20000, "10.43")], "208600.00", ("0", "2.09", "62.58"), "filled"),
    # the 14,000 that are left of the bar, x 10.43; commission 43.806, transfer 1.4602
    "later": ("208664.67", [("13:20", 14000, "10.43")], "146020.00", ("0", "1.46", "43.81"), "expired"),
    # 896,796.00 + 147,345.00; duty 522.0705, transfer 10.44141, commission 313.2423
    "rises to it": ("100000", [("13:25", 85900, "10.44"), ("13:30", 14100, "10.45")], "1044141.00",
                    ("522.07", "10.44", "313.24"), "filled"),
    # frozen 1,050.00 + 5.00 + 0.01; commission 0.3147, so 5.00; transfer 0.01049
    "small": ("1055.01", [("13:40", 100, "10.49")], "1049.00", ("0", "0.01", "5.00"), "filled"),
    # frozen at the day's highest price, 11.59 (10.54 x 1.1 = 11.594): 11,590.00 + 5.00 + 0.12; transfer 0.1056
    "own best": ("11595.12", [("14:25", 1000, "10.56")], "10560.00", ("0", "0.11", "5.00"), "filled"),
}  # fmt: skip

# Money, order by order, in the order in which they were done:
#
#                     opening              5,000,000.00
#   odd lot       +212,730.50 -   172.32  +212,558.18   5,212,558.18
#   falls to it -2,103,166.00 -   651.98 -2,103,817.98   3,108,740.20
#   cancelled   -1,797,972.00 -   557.37 -1,798,529.37   1,310,210.83
#   market        -555,894.00 -   172.33  -556,066.33     754,144.50
#   earlier       -208,600.00 -    64.67  -208,664.67     545,479.83
#   later         -146,020.00 -    45.27  -146,065.27     399,414.56
#   rises to it +1,044,141.00 -   845.75 +1,043,295.25   1,442,709.81
#   small           -1,049.00 -     5.01    -1,054.01   1,441,655.80
#   own best       -10,560.00 -     5.11   -10,565.11   1,431,090.69
CLOSING = YUAN("1431090.69")
PROCEEDS = YUAN("1255853.43")  # 212,558.18 + 1,043,295.25: drawn out from the next trading day on
BOUGHT = 463400  # 200,000 + 174,900 + 53,400 + 20,000 + 14,000 + 100 + 1,000
KEPT = 30000  # 150,050 - 20,050 - 100,000: those of the order that was never done


def bars() -> dict[str, TapeRow]:
    """The day's rows by time (HH:MM in Shanghai)."""
    with BARS.open(encoding="utf-8", newline="") as lines:
        read = list(csv.DictReader(lines))
    times = [row["timestamps"].removeprefix(f"{DAY} ")[:5] for row in read]
    return {
        time: TapeRow(CODE, at(time, DAY), YUAN(row["close"]), int(YUAN(row["volume"])) * 100)
        for time, row in zip(times, read, strict=True)
    }


def found(number: str) -> OrderState:
    order = trading.order(ACCOUNT, number)
    assert order is not None
    return order


def place(order: Order, time: str) -> Any:
    return trading.place_order(ACCOUNT, order, f"{order.side} {time}", at(time, DAY))


@pytest.fixture
def numbers(cloud: None) -> dict[str, str]:
    """The day, as far as the close: the contract number of each order by its name."""
    ledger_tables()
    security(CODE, "10.54")
    trading.open_position(ACCOUNT, CASH, YUAN("5000000.00"), YUAN(0), RATE, DAY, at("08:00", DAY), risk_level="C3")
    trading.open_position(ACCOUNT, CODE, YUAN(150050), YUAN(0), None, DAY, at("08:00", DAY))
    tape, placed = bars(), dict[str, str]()
    for time in sorted({*tape, *ORDERS, "10:47"}):
        if time in ORDERS:
            name, order = ORDERS[time]
            answer = place(order, time)
            assert isinstance(answer, Placed), (name, answer)
            placed[name] = answer.contract_number
            assert found(placed[name]).frozen == YUAN(STATEMENT[name][0]), name
        elif time == "10:47":
            number = placed["cancelled"]
            assert trading.cancel_order(ACCOUNT, number, "c", at(time, DAY)) == Cancelled(number, 25100, 174900)
        else:
            exchange.trade(tape[time])
            exchange.mark(tape[time])
    return placed


def test_the_bars_are_those_of_the_whole_day() -> None:
    rows = bars()
    assert (len(rows), min(rows), max(rows)) == (48, "09:35", "15:00")
    assert sum(row.volume for row in rows.values()) == 8155100
    assert (rows["09:35"].price, rows["15:00"].price) == (YUAN("10.57"), YUAN("10.54"))


def test_the_day_ends_as_the_statement_worked_by_hand(numbers: dict[str, str]) -> None:
    the_balances_at_the_close()
    the_rules_that_hold_at_the_close()
    settle_day(DAY, at("16:10", DAY))
    every_order(numbers)
    the_balances_after_the_days_end()
    assert_explained()


def the_balances_at_the_close() -> None:
    """Open still: the sale that nothing reached, and 6,000 of the later order."""
    # Were the 6,000 to trade at 10.43, that order would cost 62.58 and 2.09 in all, of which 43.81 and 1.46 are paid.
    frozen = YUAN("62599.40")  # 62,580.00 + 18.77 + 0.63
    assert balance() == (CLOSING - frozen, frozen, PROCEEDS)
    assert balance(CODE) == (0, KEPT, BOUGHT)
    assert trading.funds(ACCOUNT).withdrawable == CLOSING - frozen - PROCEEDS


def the_rules_that_hold_at_the_close() -> None:
    """What was bought today is not sold today, and no price leaves the day's limits."""
    refused = place(Order("sell", CODE, 100, YUAN("10.54")), "14:56")
    assert isinstance(refused, Refusal)
    assert (refused.rule, refused.facts) == ("shares", {"sellable": 0})
    # 10.54 less and plus a tenth: 9.486 and 11.594, to the tick
    refused = place(Order("buy", CODE, 100, YUAN("11.60")), "14:56")
    assert isinstance(refused, Refusal)
    assert refused.facts == {"low": YUAN("9.49"), "high": YUAN("11.59")}


def every_order(numbers: dict[str, str]) -> None:
    for name, (_, fills, traded, charges, state) in STATEMENT.items():
        order = found(numbers[name])
        done = [
            (change.at, change.quantity, str(change.price)) for change in order.changes if change.reason == "filled"
        ]
        assert done == [(books.stamp(at(time, DAY)), shares, price) for time, shares, price in fills], name
        assert (order.traded, order.charges) == (YUAN(traded), Charges(*map(YUAN, charges))), name
        assert (order.state, order.frozen) == (state, 0), name


def the_balances_after_the_days_end() -> None:
    assert balance() == (CLOSING, 0, 0)
    assert balance(CODE) == (KEPT + BOUGHT, 0, 0)
    money = trading.funds(ACCOUNT)
    assert (money.withdrawable, money.market_value) == (CLOSING, YUAN("5200436.00"))  # 493,400 x 10.54
    assert Security.get(CODE).last_price == YUAN("10.54")
