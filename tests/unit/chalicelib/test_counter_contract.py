"""What every counter must do, whoever runs it: one suite for the embedded one and for gateways over HTTP.

A firm tests its own gateway with it: COUNTER_UNDER_TEST names a JSON file, described in docs/counter.md. Nothing here
asks what only one counter could know; figures are compared with those before.
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest

from chalicelib.platform.clock import business_day, now
from chalicelib.platform.settings import CounterSettings
from chalicelib.trading import Cancelled, NotCancelled, NumberTaken, Order, Placed, Quote, Refusal, TransferState
from chalicelib.trading.breaker import Limits
from chalicelib.trading.counter import Counter, KeyReused
from chalicelib.trading.embedded import EmbeddedCounter
from chalicelib.trading.embedded_bank import EmbeddedBank, open_account
from chalicelib.trading.http_counter import HttpCounter
from chalicelib.trading.link import Link
from chalicelib.trading.models import SentRequest
from chalicelib.trading.rules import contract_numbers
from chalicelib.trading.sessions import may_cancel, trading_day_of
from chalicelib.trading.tls import over_tls
from chalicelib.trading.transfers import Direction, transfer_numbers
from devtools.gateway_keys import GatewayKeys, kept_in
from devtools.gateway_server import serving

from .counter_contract import Watched
from .gateways import NOW, SETTINGS, keys
from .seed import ACCOUNT, security
from .trading_seed import opened

UNDER_TEST = os.environ.get("COUNTER_UNDER_TEST")


class World(NamedTuple):
    """A counter, and what it has for the suite: an account with money for some orders of 100 ``code`` at ``price``,
    which must not trade meanwhile, and at least 100 shares of ``held`` to sell; and some money at a bank that knows
    ``bank_password``, and not one of six zeros."""

    counter: Counter
    account: str
    code: str
    price: Decimal
    held: str
    bank_password: str
    clock: Callable[[], datetime]

    @property
    def buy(self) -> Order:
        return Order("buy", self.code, 100, self.price)

    def place(self, order: Order, key: str) -> Any:
        return self.counter.place(self.account, order, key, self.clock())

    def cancel(self, number: str, key: str) -> Any:
        if not may_cancel(self.clock()):
            pytest.skip("the exchange takes no cancellations from 9:20 to 9:25 and from 14:57 to 15:00")
        return self.counter.cancel(self.account, number, key, self.clock())

    def available(self) -> Decimal:
        return self.counter.account(self.account)[0].available

    def transfer(self, direction: Direction, amount: str, key: str, password: str = "") -> TransferState:
        moved = self.counter.transfer(
            self.account, direction, Decimal(amount), password or self.bank_password, key, self.clock()
        )
        if isinstance(moved, Refusal) and moved.rule == "transfer_hours":
            pytest.skip("the bank moves nothing at this hour")
        assert isinstance(moved, TransferState)
        return moved


def http_counter(url: str, keys: GatewayKeys, settings: CounterSettings, clock: Callable[[], datetime]) -> HttpCounter:
    """Over TLS with the client's certificate."""
    transport = over_tls(url, keys.client, keys.client_private, keys.authority)
    link = Link(transport, keys.signing.encode(), urlsplit(url).path, settings.attempt_seconds, Limits(5, 10))
    return HttpCounter(link, settings, keys.sealing, clock)


@pytest.fixture(params=["embedded", "http", *(["yours"] if UNDER_TEST else [])])
def world(request: pytest.FixtureRequest, cloud: None) -> Iterator[World]:
    if request.param == "yours":
        yield _yours(Path(str(UNDER_TEST)))
        return
    security(), security("601398", "7.85"), opened(), opened("601398", "1000")
    open_account(ACCOUNT, Decimal("5000.00"), "135790")
    embedded = EmbeddedCounter(EmbeddedBank())
    here = World(embedded, ACCOUNT, "600519", Decimal("99.00"), "601398", "135790", lambda: NOW)
    if request.param == "embedded":
        yield here
        return
    with serving(Watched(embedded, keys(), window=SETTINGS.window, clock=here.clock)) as url:
        yield here._replace(counter=http_counter(url, keys(), SETTINGS, here.clock))


def _yours(file: Path) -> World:
    given = json.loads(file.read_text("utf-8"))
    settings = SETTINGS._replace(url=given["url"], window=given.get("window", SETTINGS.window))
    counter = http_counter(given["url"], kept_in(file.parent / given["keys"]), settings, now)
    return World(
        counter, given["account_id"], given["code"], Decimal(given["price"]), given["held"], given["bank_password"], now
    )


@pytest.fixture
def key() -> str:
    """A key that no gateway has seen: a call, and a confirmation in it."""
    return f"{uuid.uuid4()}#1"


class TestWhatIsAsked:
    def test_quotes_are_of_the_codes_that_there_are(self, world: World) -> None:
        quotes = world.counter.quotes([world.code, "999999"])
        assert quotes.keys() == {world.code}
        assert quotes[world.code].last_price > 0
        assert {"zh-CN", "zh-HK", "en"} <= quotes[world.code].names.keys()

    def test_an_account_is_its_money_and_its_holdings_by_code(self, world: World) -> None:
        funds, holdings = world.counter.account(world.account)
        assert funds.available >= funds.withdrawable >= 0
        codes = [holding.code for holding in holdings]
        assert codes == sorted(codes)
        [held] = [holding for holding in holdings if holding.code == world.held]
        assert held.quantity >= held.sellable >= 100

    def test_an_account_that_is_none(self, world: World, key: str) -> None:
        with pytest.raises(LookupError):
            world.counter.account("no-such-account")
        with pytest.raises(LookupError):
            world.counter.check("no-such-account", world.buy, world.clock())
        with pytest.raises(LookupError):
            world.counter.place("no-such-account", world.buy, key, world.clock())
        assert world.counter.order("no-such-account", "00000000") is None
        assert world.counter.orders("no-such-account", trading_day_of(world.clock())) == []

    def test_a_check_changes_nothing(self, world: World) -> None:
        before = world.counter.account(world.account)
        checked = world.counter.check(world.account, world.buy, world.clock())
        assert isinstance(checked, Quote)
        assert checked.code == world.code
        assert world.counter.account(world.account) == before

    @pytest.mark.parametrize(
        ("change", "rule"),
        [({"quantity": 150}, "lot"), ({"price": Decimal("0.001")}, "tick"), ({"quantity": 10**9}, "maximum")],
    )
    def test_a_refusal_says_which_rule_and_what_would_do(self, world: World, change: dict[str, Any], rule: str) -> None:
        refusal = world.counter.check(world.account, world.buy._replace(**change), world.clock())
        assert isinstance(refusal, Refusal)
        assert refusal.rule == rule
        assert refusal.facts

    def test_an_unknown_code_is_none(self, world: World, key: str) -> None:
        order = world.buy._replace(code="600999")
        assert world.counter.check(world.account, order, world.clock()) is None
        assert world.place(order, key) is None


class TestAnOrder:
    def test_it_is_taken_once_under_the_number_that_its_key_gives(self, world: World, key: str) -> None:
        before = world.available()
        answers = {world.place(world.buy, key) for _ in range(3)}
        assert answers == {Placed(next(contract_numbers(world.account, key)))}
        assert 0 < before - world.available() < world.buy.amount + 100

    def test_it_is_found_by_its_number_in_its_day_and_in_history(self, world: World, key: str) -> None:
        placed = world.place(world.buy, key)
        found = world.counter.order(world.account, placed.contract_number)
        assert found is not None
        assert found[:7] == (world.account, placed.contract_number, key, "buy", world.code, 100, world.price)
        assert (found.state, found.filled, found.kind) == ("accepted", 0, "limit")
        assert found.frozen > found.price * found.quantity
        assert [change.reference for change in found.changes] == [key]
        day = trading_day_of(world.clock())
        assert found.day == day.isoformat()
        assert found in world.counter.orders(world.account, day)
        assert found in world.counter.history(world.account, day, day, None, 50).orders
        assert found not in world.counter.orders(world.account, day - timedelta(days=400))

    def test_one_that_is_refused_keeps_nothing(self, world: World, key: str) -> None:
        before = world.counter.account(world.account)
        refusal = world.place(world.buy._replace(quantity=150), key)
        assert isinstance(refusal, Refusal)
        assert world.counter.account(world.account) == before
        assert world.counter.order(world.account, next(contract_numbers(world.account, key))) is None

    def test_a_sale_freezes_shares(self, world: World, key: str) -> None:
        price = world.counter.quotes([world.held])[world.held].last_price
        assert isinstance(world.place(Order("sell", world.held, 100, price), key), Placed)
        _, holdings = world.counter.account(world.account)
        [held] = [holding for holding in holdings if holding.code == world.held]
        assert held.quantity - held.sellable >= 100

    def test_history_goes_page_by_page_and_leaves_none_out(self, world: World, key: str) -> None:
        numbers = [world.place(world.buy, f"{key}{number}").contract_number for number in range(3)]
        day, page, pages = trading_day_of(world.clock()), None, []
        for _ in range(200):
            answer = world.counter.history(world.account, day, day, page, 2)
            pages.append([found.contract_number for found in answer.orders])
            page = answer.next_page
            if page is None:
                break
        read = [number for numbers_of_page in pages for number in numbers_of_page]
        assert len(read) == len(set(read))
        assert set(numbers) <= set(read)
        with pytest.raises(ValueError, match=r"page|Expecting"):
            world.counter.history(world.account, day, day, "no page", 2)

    def test_a_key_stands_for_one_order_and_no_other(self, world: World, key: str) -> None:
        world.place(world.buy, key)
        with pytest.raises(KeyReused):
            world.place(world.buy._replace(quantity=200), key)

    def test_a_check_says_that_a_number_is_taken(self, world: World, key: str) -> None:
        number = next(contract_numbers(world.account, key))
        assert isinstance(world.counter.check(world.account, world.buy, world.clock(), number), Quote)
        world.place(world.buy, key)
        assert world.counter.check(world.account, world.buy, world.clock(), number) == NumberTaken(number)

    def test_what_an_order_holds_is_free_for_the_one_instead_of_it(self, world: World, key: str) -> None:
        placed = world.place(world.buy, key)
        old = world.counter.order(world.account, placed.contract_number)
        checked = world.counter.check(world.account, world.buy, world.clock(), instead_of=old)
        assert isinstance(checked, Quote)


class TestACancellation:
    def test_it_gives_back_what_was_frozen_once(self, world: World, key: str) -> None:
        before = world.counter.account(world.account)
        number = world.place(world.buy, key).contract_number
        answers = {world.cancel(number, f"{key}c") for _ in range(3)}
        assert answers == {Cancelled(number, 100, 0)}
        assert world.counter.account(world.account) == before
        found = world.counter.order(world.account, number)
        assert found is not None
        assert (found.state, found.changes[-1].reference) == ("cancelled", f"{key}c")

    def test_another_one_finds_it_open_no_more(self, world: World, key: str) -> None:
        number = world.place(world.buy, key).contract_number
        world.cancel(number, f"{key}c")
        assert world.cancel(number, f"{key}d") == NotCancelled("not_open", "cancelled")

    def test_of_an_order_that_is_none(self, world: World, key: str) -> None:
        assert world.cancel("00000000", key) == NotCancelled("unknown")


class TestATransfer:
    @pytest.mark.parametrize(("direction", "difference"), [("in", "12.34"), ("out", "-12.34")])
    def test_it_moves_money_once_and_is_found(self, world: World, key: str, direction: Any, difference: str) -> None:
        before = world.available()
        answers = {world.transfer(direction, "12.34", key) for _ in range(3)}
        [moved] = answers
        assert (moved.state, moved.direction, moved.amount) == ("done", direction, Decimal("12.34"))
        assert (moved.number, moved.idempotency_key) == (next(transfer_numbers(world.account, key)), key)
        assert world.available() - before == Decimal(difference)
        assert world.counter.transfer_of(world.account, moved.number) == moved
        assert moved in world.counter.transfers(world.account, business_day(world.clock()))

    def test_a_wrong_password_moves_nothing(self, world: World, key: str) -> None:
        before = world.available()
        moved = world.transfer("in", "12.34", key, "000000")
        assert (moved.state, moved.reason) == ("failed", "wrong_password")
        assert world.available() == before

    def test_a_refusal_keeps_nothing(self, world: World, key: str) -> None:
        refusal = world.counter.transfer(
            world.account, "out", Decimal("0.001"), world.bank_password, key, world.clock()
        )
        assert isinstance(refusal, Refusal)
        assert refusal.rule in ("transfer_amount", "transfer_hours")
        assert world.counter.transfer_of(world.account, next(transfer_numbers(world.account, key))) is None

    def test_one_that_is_none(self, world: World) -> None:
        assert world.counter.transfer_of(world.account, "00000000") is None


class TestWhatWas:
    def test_what_moved_adds_up_to_what_there_is(self, world: World, key: str) -> None:
        number = world.place(world.buy, key).contract_number
        day = trading_day_of(world.clock())
        moved = world.counter.movements(world.account, day, day)
        assert all(entry.entry_id.startswith(day.isoformat()) for entry in moved.entries)
        [freeze] = [entry for entry in moved.entries if (entry.reason, entry.reference) == ("freeze", number)]
        found = world.counter.order(world.account, number)
        assert found is not None
        assert (freeze.asset, -freeze.available, freeze.frozen) == ("CNY", found.frozen, found.frozen)
        cash = [entry.available + entry.frozen for entry in moved.entries if entry.asset == "CNY"]
        there_is = sum(cash, moved.opening.get("CNY", Decimal(0)))
        assert there_is >= world.available() + found.frozen

    def test_of_an_account_that_is_none(self, world: World) -> None:
        day = trading_day_of(world.clock())
        with pytest.raises(LookupError):
            world.counter.movements("no-such-account", day, day)

    def test_closing_prices_are_of_codes_that_traded(self, world: World) -> None:
        prices = world.counter.closing_prices([world.code, "999999"], business_day(world.clock()))
        assert "999999" not in prices
        assert all(price > 0 for price in prices.values())


def test_nothing_is_left_unsettled(world: World, key: str) -> None:
    world.place(world.buy, key)
    assert [record for record in SentRequest.query(world.account) if record.unsettled] == []
