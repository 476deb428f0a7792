"""The ivr function as a flow calls it: every operation, its results, and what it never lets out."""

import ast
import base64
import json
import logging
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from string import Formatter
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import app
from chalicelib import trading
from chalicelib.platform.words import LANGUAGES
from chalicelib.trading import Order, Placed, Unknown, embedded_bank, exchange, rules, transfers
from chalicelib.trading.bank import BankAnswer, BankReason
from chalicelib.trading.ledger import State
from chalicelib.trading.matching import TapeRow
from chalicelib.voice import ivr, keypad, speech
from chalicelib.voice.speech import catalogue, digits, money, say

from .caller import Seal, ask, identified
from .seed import ACCOUNT, ACCOUNT_NUMBER, PIN, customer, orders, position, security
from .trading_seed import DAY, at, settle_day


def test_the_app_packs_this_function() -> None:
    assert "ivr" in [function.name for function in app.pure_lambda_functions]


@pytest.mark.usefixtures("cloud")
class TestIdentification:
    def test_an_account_number_is_answered_by_its_key_whether_it_exists_or_not(self, seal: Seal) -> None:
        known = ask("read_account", AccountNumber=seal(ACCOUNT_NUMBER))
        unknown = ask("read_account", AccountNumber=seal("99999999"))
        assert known["Result"] == unknown["Result"] == "ok"
        assert known["AccountKey"] == customer()

    @pytest.mark.parametrize(("keys", "result"), [("*", "back"), ("1234", "invalid"), ("123*5678", "invalid")])
    def test_what_is_no_account_number(self, seal: Seal, keys: str, result: str) -> None:
        assert ask("read_account", AccountNumber=seal(keys)) == {"Result": result}

    def test_silence(self) -> None:
        assert ask("read_account", AccountNumber="Timeout") == {"Result": "none"}
        assert ask("identify", AccountKey="k", Pin="Timeout") == {"Result": "none", "AccountKey": "k"}

    def test_input_sealed_with_another_key_is_an_error_that_holds_no_input(self) -> None:
        with pytest.raises(ValueError, match="not sealed with this stage's key"):
            ask("read_account", AccountNumber=base64.b64encode(b"60001234").decode())

    def test_a_wrong_password_is_wrong_then_locks(self, seal: Seal) -> None:
        key = customer()
        results = [ask("identify", AccountKey=key, Pin=seal("000000"))["Result"] for _ in range(6)]
        assert results == ["wrong"] * 4 + ["locked"] * 2

    def test_the_same_event_three_times_counts_once(self, seal: Seal) -> None:
        key, sealed = customer(), seal("000000")
        assert [ask("identify", AccountKey=key, Pin=sealed)["Result"] for _ in range(6)] == ["wrong"] * 6

    def test_the_password_reaches_no_log_and_no_answer(self, seal: Seal, caplog: pytest.LogCaptureFixture) -> None:
        customer(), position()
        logging.getLogger("brokerline").addHandler(caplog.handler)
        with caplog.at_level(logging.INFO), caplog.at_level(logging.DEBUG, "aws_encryption_sdk"):
            attributes = identified(seal)
            ask("funds", attributes)
        said = repr([vars(record) for record in caplog.records]) + json.dumps(attributes)
        assert "c-1" in said
        assert PIN not in said
        assert ACCOUNT_NUMBER not in said

    @pytest.mark.parametrize(
        "operation",
        [
            "funds", "holdings", "preview_order", "place_order", "orders_today", "find_order", "cancel_order",
            "find_amendable", "preview_amendment", "amend_order", "trades_today", "orders_history", "order_story",
            "preview_transfer", "transfer", "transfers_today",
        ],
    )  # fmt: skip
    def test_nobody_sees_an_account_without_proof(self, seal: Seal, operation: str) -> None:
        customer(), position(), security()
        order = {"Side": "buy", "Code": "600519", "Quantity": "100", "Price": "100", "ConfirmationId": "1", "Page": "1",
                 "ContractNumber": "1", "Days": "recent", "Direction": "in", "Amount": "1",
                 "BankPassword": "Timeout"}  # fmt: skip
        mine = identified(seal)
        for attributes, contact in [
            ({}, "c-1"),
            ({"AccountId": "A-1"}, "c-1"),
            ({**mine, "AccountId": "A-2"}, "c-1"),
            (mine, "another call"),
        ]:
            with pytest.raises(PermissionError):
                ask(operation, attributes, contact, **order)


@pytest.mark.usefixtures("cloud")
class TestMoneyAndOrders:
    ORDER = {"Side": "buy", "Code": "600519", "Quantity": "100", "Price": "100*5"}  # noqa: RUF012

    @pytest.fixture(autouse=True)
    def _account(self, cloud: None) -> None:
        customer(), security(), position(unsettled="1000.00"), position("600519", "200")

    def test_funds(self, seal: Seal) -> None:
        assert ask("funds", identified(seal))["Speech"] == (
            "You have 100,000.00 yuan available, of which 99,000.00 yuan can be withdrawn. "
            "Your shares are worth 20,000.00 yuan."
        )

    def test_holdings_page_by_page(self, seal: Seal) -> None:
        for code in ("600000", "600001", "600002"):
            security(code), position(code, "100")
        caller = identified(seal)
        first = ask("holdings", caller, Page="1")
        assert (first["Result"], first["NextPage"]) == ("more", "2")
        last = ask("holdings", caller, Page="2")
        assert (last["Result"], last["NextPage"]) == ("last", "1")
        assert last["Speech"] == "Your holdings, page 2 of 2. Share 600519, 200 shares, 200 can be sold."

    def test_a_security_by_code(self) -> None:
        assert ask("find_security", {"Language": "en"}, Code="600519") == {
            "Result": "ok", "Speech": "Share 600519, last price 100.00 yuan."
        }  # fmt: skip

    @pytest.mark.parametrize("code", ["", "*", "12*", "700000", "Timeout"])
    def test_an_unknown_code(self, code: str) -> None:
        assert ask("find_security", Code=code)["Result"] == "unknown"

    def test_the_read_back_names_everything(self, seal: Seal) -> None:
        preview = ask("preview_order", identified(seal), **self.ORDER)
        assert preview["Result"] == "ok"
        assert preview["Speech"] == (
            "Buy Share 600519, code 6 0 0 5 1 9, 100 shares at 100.50 yuan, 10,050.00 yuan in all."
        )

    def test_an_event_delivered_three_times_is_one_order(self, seal: Seal) -> None:
        caller = identified(seal)
        answers = [ask("place_order", caller, **self.ORDER, ConfirmationId="f1") for _ in range(3)]
        assert answers[0] == answers[1] == answers[2]
        (order,) = orders()
        assert answers[0]["ContractNumber"] == order.contract_number
        assert digits(order.contract_number) in answers[0]["Speech"]

    def test_two_confirmations_are_two_orders(self, seal: Seal) -> None:
        caller = identified(seal)
        numbers = {ask("place_order", caller, **self.ORDER, ConfirmationId=i)["ContractNumber"] for i in ("1", "2")}
        assert len(numbers) == len(orders()) == 2

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize(
        ("change", "field"),
        [
            ({"Code": "999999"}, "code"), ({"Quantity": "150"}, "quantity"), ({"Quantity": "2000000"}, "quantity"),
            ({"Quantity": "*"}, "quantity"), ({"Price": "1*2*3"}, "price"), ({"Price": "*"}, "price"),
            ({"Price": "200"}, "price"), ({"Price": "100*001"}, "price"), ({"Quantity": "10000"}, "funds"),
            ({"Side": "sell", "Quantity": "300"}, "quantity"), ({"Side": "sell", "Quantity": "150"}, "quantity"),
        ],
    )  # fmt: skip
    def test_a_refusal_says_what_to_enter_again(
        self, seal: Seal, language: str, change: dict[str, str], field: str
    ) -> None:
        caller = identified(seal, language)
        preview = ask("preview_order", caller, **{**self.ORDER, **change})
        placed = ask("place_order", caller, ConfirmationId="1", **{**self.ORDER, **change})
        assert preview == placed
        assert (preview["Result"], preview["Field"]) == ("refused", field)
        assert preview["Speech"].endswith("." if language == "en" else "。")
        assert orders() == []

    def test_a_suspended_security(self, seal: Seal) -> None:
        security("600000", suspended=True)
        preview = ask("preview_order", identified(seal), **{**self.ORDER, "Code": "600000"})
        assert (preview["Field"], preview["Speech"]) == ("code", "That security is suspended from trading today.")

    def test_a_side_that_is_none(self, seal: Seal) -> None:
        with pytest.raises(ValueError, match="buy or sell"):
            ask("preview_order", identified(seal), **{**self.ORDER, "Side": "hold"})


@pytest.mark.usefixtures("cloud")
class TestTodaysOrders:
    @pytest.fixture(autouse=True)
    def _account(self, cloud: None, clock: Callable[[str], None]) -> None:
        customer(), security(), position(), position("600519", "2000")
        clock("10:00")

    @pytest.fixture
    def clock(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
        """Sets the time in Shanghai."""

        def set_to(time: str) -> None:
            for module in ("orders", "placed_orders"):
                monkeypatch.setattr(f"chalicelib.voice.{module}.now", lambda: at(time))

        return set_to

    def placed(self, caller: dict[str, str], confirmation: str = "f1", **change: str) -> str:
        order = {"Side": "buy", "Code": "600519", "Quantity": "200", "Price": "100*5"} | change
        return str(ask("place_order", caller, **order, ConfirmationId=confirmation)["ContractNumber"])

    def found(self, caller: dict[str, str], number: str) -> str:
        return str(ask("find_order", caller, ContractNumber=number)["Speech"])

    def traded(self, volume: int) -> None:
        exchange.trade(TapeRow("600519", at("10:01"), Decimal("100.00"), volume))

    def test_an_account_without_orders(self, seal: Seal) -> None:
        assert ask("orders_today", identified(seal), Page="1") == {
            "Result": "empty", "NextPage": "1", "Speech": "You have no orders today."
        }  # fmt: skip

    def test_page_by_page_the_newest_first(self, seal: Seal, clock: Callable[[str], None]) -> None:
        caller = identified(seal)
        for minute in range(5):
            clock(f"10:0{minute}")
            self.placed(caller, str(minute), Side="sell", Quantity=f"{minute + 1}00")
        pages = [ask("orders_today", caller, Page=page) for page in ("1", "2", "7")]
        assert [(page["Result"], page["NextPage"]) for page in pages] == [("more", "2"), ("last", "1"), ("more", "2")]
        assert re.findall(r"(\d+) shares", pages[0]["Speech"]) == ["500", "400", "300"]
        assert pages[1]["Speech"].startswith("Your orders of today, page 2 of 2. Number ")

    def test_an_order_is_read_out_whole(self, seal: Seal) -> None:
        caller = identified(seal)
        number = self.placed(caller)
        line = f"Number {digits(number)}, buy Share 600519, 200 shares at 100.50 yuan: "
        assert self.found(caller, number) == f"{line}accepted, not traded yet."
        self.traded(100)
        assert self.found(caller, number) == f"{line}partly filled. 100 of them have traded."
        assert ask("orders_today", caller, Page="1")["Speech"].endswith("100 of them have traded.")

    def test_after_the_close_orders_of_the_evening_come_before_those_of_the_day(
        self, seal: Seal, clock: Callable[[str], None]
    ) -> None:
        caller = identified(seal)
        of_the_day = self.placed(caller, "1")
        clock("20:00")
        of_the_evening = self.placed(caller, "2", Side="sell")
        said = ask("orders_today", caller, Page="1")["Speech"]
        assert 0 < said.index(digits(of_the_evening)) < said.index(digits(of_the_day))

    def test_names_of_a_page_take_one_request_and_an_unknown_one_is_said_by_its_code(
        self, seal: Seal, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        security("600000"), position("600000", "1000")
        caller = identified(seal)
        for code in ("600519", "600000"):
            self.placed(caller, code, Side="sell", Code=code)
        asked: list[list[str]] = []
        monkeypatch.setattr("chalicelib.trading.counter.quotes", lambda codes: asked.append(codes) or {})
        assert "sell 6 0 0 0 0 0, 200 shares" in ask("orders_today", caller, Page="1")["Speech"]
        assert [sorted(codes) for codes in asked] == [["600000", "600519"]]

    @pytest.mark.parametrize(
        ("keys", "result"), [("12345678", "unknown"), ("12*", "invalid"), ("", "invalid"), ("\uff11", "invalid")]
    )
    def test_what_is_no_order_of_the_account(self, seal: Seal, keys: str, result: str) -> None:
        assert ask("find_order", identified(seal), ContractNumber=keys)["Result"] == result

    def test_open_orders_can_be_cancelled_and_each_time_under_another_confirmation(self, seal: Seal) -> None:
        caller = identified(seal)
        number = self.placed(caller)
        first, second = (ask("find_order", caller, ContractNumber=number) for _ in range(2))
        assert first["Open"] == second["Open"] == "yes"
        assert first["ConfirmationId"] != second["ConfirmationId"]
        self.traded(200)
        assert ask("find_order", caller, ContractNumber=number)["Open"] == "no"

    def test_a_cancellation_delivered_three_times_is_one_and_says_how_many_shares(self, seal: Seal) -> None:
        caller = identified(seal)
        number = self.placed(caller)
        self.traded(100)
        answers = [ask("cancel_order", caller, ContractNumber=number, ConfirmationId="c1") for _ in range(3)]
        assert answers == [answers[0]] * 3
        assert answers[0] == {
            "Result": "cancelled",
            "Speech": f"Order {digits(number)} is cancelled. 100 shares will not trade any more; 100 had traded.",
        }
        (order,) = orders()
        assert (order.state, order.frozen_amount) == ("cancelled", 0)

    def test_a_cancelled_order_is_not_cancelled_again(self, seal: Seal) -> None:
        caller = identified(seal)
        number = self.placed(caller)
        said = ask("cancel_order", caller, ContractNumber=number, ConfirmationId="c1")["Speech"]
        assert said == f"Order {digits(number)} is cancelled. 200 shares will not trade any more; none had traded."
        assert ask("cancel_order", caller, ContractNumber=number, ConfirmationId="c2") == {
            "Result": "not_open", "Speech": "That order cannot be cancelled any more. It is cancelled."
        }  # fmt: skip

    def test_a_cancellation_of_which_nothing_is_heard(self, seal: Seal, monkeypatch: pytest.MonkeyPatch) -> None:
        caller = identified(seal)
        number = self.placed(caller)
        monkeypatch.setattr("chalicelib.trading.counter.cancel", lambda *_: Unknown(number))
        answer = ask("cancel_order", caller, ContractNumber=number, ConfirmationId="c1")
        assert answer["Result"] == "unknown"
        assert answer["Speech"].startswith(f"We have not heard yet whether order {digits(number)} is cancelled.")

    def test_a_market_order_is_read_out_as_one(self, seal: Seal) -> None:
        caller = identified(seal)
        market = Order("sell", "600519", 100, Decimal("99"), "best_five_cancel")
        placed = trading.place_order(ACCOUNT, market, "m", at("10:00"))
        assert isinstance(placed, Placed)
        assert "100 shares at the market, 99.00 yuan at worst: accepted" in self.found(caller, placed.contract_number)

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_why_an_order_is_not_cancelled(self, seal: Seal, language: str, clock: Callable[[str], None]) -> None:
        caller = identified(seal, language)
        number = self.placed(caller)
        clock("14:58")
        refused = [ask("cancel_order", caller, ContractNumber=n, ConfirmationId="c1") for n in (number, "12345678")]
        settle_day(DAY, at("16:30"))
        refused.append(ask("cancel_order", caller, ContractNumber=number, ConfirmationId="c1"))
        assert [answer["Result"] for answer in refused] == ["no_cancel_now", "no_order", "not_open"]
        assert say(language, "state.expired") in refused[2]["Speech"]
        assert len({answer["Speech"] for answer in refused}) == 3


BANK_PASSWORD = "135790"


@pytest.mark.usefixtures("cloud")
class TestBankTransfers:
    @pytest.fixture(autouse=True)
    def _account(self, cloud: None, clock: Callable[[str], None]) -> None:
        customer(), position(unsettled="40000.00")
        embedded_bank.open_account(ACCOUNT, Decimal("9000.00"), BANK_PASSWORD)
        clock("10:00")

    @pytest.fixture
    def clock(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
        """Sets the time in Shanghai."""
        return lambda time: monkeypatch.setattr("chalicelib.voice.transfers.now", lambda: at(time))

    @pytest.fixture
    def move(self, seal: Seal) -> Callable[..., Any]:
        """Confirms a transfer."""

        def moved(caller: dict[str, str], amount: str = "500*5", direction: str = "in", **other: str) -> Any:
            given = {"ConfirmationId": "1", "BankPassword": seal(other.pop("password", BANK_PASSWORD))} | other
            return ask("transfer", caller, Direction=direction, Amount=amount, **given)

        return moved

    @pytest.mark.parametrize(
        ("direction", "said"),
        [
            ("in", "Move 500.50 yuan from your bank to your securities account."),
            ("out", "Move 500.50 yuan from your securities account to your bank."),
        ],
    )
    def test_the_read_back_names_the_amount_and_the_way(self, seal: Seal, direction: str, said: str) -> None:
        preview = ask("preview_transfer", identified(seal), Direction=direction, Amount="500*5")
        assert (preview["Result"], preview["Speech"]) == ("ok", said)

    def test_what_is_said_when_no_answer_comes_names_the_transfer_itself(self, seal: Seal, move: Any) -> None:
        caller = identified(seal)
        preview = ask("preview_transfer", caller, Direction="in", Amount="500*5")
        done = move(caller, ConfirmationId=preview["ConfirmationId"])
        assert digits(done["Number"]) in preview["Unknown"]

    @pytest.mark.parametrize(
        ("direction", "said"),
        [
            ("in", "500.50 yuan have come from your bank, under number {}. You now have 100,500.50 yuan available."),
            ("out", "500.50 yuan have gone to your bank, under number {}. You now have 99,499.50 yuan available."),
        ],
    )
    def test_a_confirmation_delivered_three_times_moves_money_once_and_says_the_new_balance(
        self, seal: Seal, move: Any, direction: str, said: str
    ) -> None:
        caller = identified(seal)
        answers = [move(caller, direction=direction) for _ in range(3)]
        assert answers == [answers[0]] * 3
        number = answers[0]["Number"]
        assert answers[0] == {"Result": "done", "Number": number, "Speech": said.format(digits(number))}

    def test_two_confirmations_are_two_transfers(self, seal: Seal, move: Any) -> None:
        caller = identified(seal)
        assert len({move(caller, ConfirmationId=name)["Number"] for name in ("1", "2")}) == 2

    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize(
        ("direction", "amount", "time", "rule", "field"),
        [
            ("in", "500", "08:59", "transfer_hours", "time"),
            ("in", "*", "10:00", "transfer_amount", "amount"),
            ("in", "1*2*3", "10:00", "transfer_amount", "amount"),
            ("in", "1*005", "10:00", "transfer_amount", "amount"),
            ("in", "1000000*01", "10:00", "transfer_maximum", "amount"),
            ("out", "60000*01", "10:00", "withdrawable", "amount"),
        ],
    )
    def test_a_refusal_says_the_rule_and_what_to_enter_again(
        self, seal: Seal, move: Any, clock: Any, language: str, direction: str, amount: str, time: str, rule: str,
        field: str,
    ) -> None:  # fmt: skip
        caller = identified(seal, language)
        clock(time)
        preview = ask("preview_transfer", caller, Direction=direction, Amount=amount)
        assert preview == move(caller, amount, direction)
        assert (preview["Result"], preview["Field"]) == ("refused", field)
        assert preview["Speech"].startswith(catalogue(language)[f"refused.{rule}"].partition("{")[0])
        assert ask("transfers_today", caller, Page="1")["Result"] == "empty"

    @pytest.mark.parametrize("language", LANGUAGES)
    def test_the_bank_s_reason_is_said(self, seal: Seal, move: Any, language: str) -> None:
        caller = identified(seal, language)
        refused = [
            move(caller, ConfirmationId="1", password="000000"),
            move(caller, "9000*01", ConfirmationId="2"),
        ]
        assert [answer["Result"] for answer in refused] == ["failed", "failed"]
        for answer, reason in zip(refused, ("wrong_password", "insufficient"), strict=True):
            assert answer["Speech"] == say(language, f"transfer_failed.{reason}")

    def test_no_answer_of_the_bank_is_said_with_the_number_and_asking_again_finds_out(
        self, seal: Seal, move: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        debit = trading.bank.debit

        def lost(*given: Any) -> BankAnswer:
            debit(*given)
            raise TimeoutError

        monkeypatch.setattr(trading.bank, "debit", lost)
        caller = identified(seal)
        unknown = move(caller)
        assert unknown["Result"] == "unknown"
        assert f"Its number is {digits(unknown['Number'])}." in unknown["Speech"]
        assert "not confirmed by the bank yet" in ask("transfers_today", caller, Page="1")["Speech"]
        assert move(caller)["Result"] == "done"

    def test_todays_transfers_the_newest_first_page_by_page(self, seal: Seal, move: Any, clock: Any) -> None:
        caller = identified(seal)
        assert ask("transfers_today", caller, Page="1")["Speech"] == "You have no bank transfers today."
        for minute in range(3):
            clock(f"10:0{minute}")
            move(caller, f"{minute + 1}00", ConfirmationId=str(minute))
        clock("10:03")
        last = move(caller, "7", "out", ConfirmationId="3")["Number"]
        pages = [ask("transfers_today", caller, Page=page) for page in ("1", "2")]
        assert [(page["Result"], page["NextPage"]) for page in pages] == [("more", "2"), ("last", "1")]
        assert pages[0]["Speech"].startswith(
            f"Your bank transfers of today, page 1 of 2. Number {digits(last)}, 7.00 yuan to your bank: done. Number "
        )
        assert "100.00 yuan from your bank: done." in pages[1]["Speech"]

    @pytest.mark.parametrize(
        ("keys", "result"), [("135790", "ok"), ("*", "back"), ("13579", "invalid"), ("1357901", "invalid")]
    )
    def test_what_is_no_bank_password(self, seal: Seal, keys: str, result: str) -> None:
        assert ask("read_bank_password", BankPassword=seal(keys)) == {"Result": result}
        assert ask("read_bank_password", BankPassword="Timeout") == {"Result": "none"}

    def test_the_bank_password_reaches_no_log_and_no_answer(
        self, seal: Seal, move: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        logging.getLogger("brokerline").addHandler(caplog.handler)
        with caplog.at_level(logging.DEBUG):
            caller = identified(seal)
            answers = [move(caller), move(caller, "1", ConfirmationId="2", password="864209")]
        said = repr([vars(record) for record in caplog.records]) + json.dumps(answers)
        assert "c-1" in said
        assert BANK_PASSWORD not in said
        assert "864209" not in said

    def test_a_direction_that_is_none(self, seal: Seal) -> None:
        with pytest.raises(ValueError, match="in or out"):
            ask("preview_transfer", identified(seal), Direction="up", Amount="1")


def test_an_unknown_operation_is_named() -> None:
    with pytest.raises(ValueError, match="no operation 'dance'"):
        ask("dance")


def test_a_parameter_the_flow_forgot_is_named() -> None:
    with pytest.raises(ValueError, match="parameter Code"):
        ask("find_security")


@pytest.mark.parametrize("event", [{}, {"Details": None}, {"Details": {"ContactData": {}, "Parameters": {}}}])
def test_an_event_that_is_none(event: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="ContactFlowEvent"):
        ivr(event, None)


@given(st.text("0123456789*#"))
def test_any_keys_make_a_price_or_zero(keys: str) -> None:
    price = keypad.decimal_number(keys)
    assert price >= 0
    if keys.isdigit():
        assert price == int(keys)


@pytest.mark.parametrize(("keys", "price"), [("12*34", "12.34"), ("12", "12"), ("*5", "0.5"), ("5*", "5"), ("", "0")])
def test_the_star_is_the_point(keys: str, price: str) -> None:
    assert keypad.decimal_number(keys) == Decimal(price)


def test_every_language_has_every_sentence_with_the_same_facts() -> None:
    def shape(language: str) -> dict[str, list[str]]:
        return {
            key: sorted(part.split("}")[0] for part in text.split("{")[1:]) for key, text in catalogue(language).items()
        }

    assert shape("zh-CN") == shape("zh-HK") == shape("en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_there_twice(language: str) -> None:
    file = Path(speech.__file__).with_name("messages") / f"{language}.json"
    keys = json.loads(file.read_text("utf-8"), object_pairs_hook=lambda pairs: [key for key, _ in pairs])
    assert sorted(keys) == sorted(set(keys))


def refusals() -> Iterator[tuple[str, set[str]]]:
    """Each rule that the modules of trading name in a Refusal, and the facts that go with it."""
    folder = Path(rules.__file__).parent
    permissions = set(re.findall(r'"permission": "(\w+)"', (folder / "market_rules.json").read_text("utf-8")))
    for file in ("rules.py", "suitability.py", "sessions.py", "amending.py", "transfers.py"):
        for function in ast.walk(ast.parse((folder / file).read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef):
                for call in ast.walk(function):
                    if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Refusal":
                        rule, _, facts = call.args
                        assert isinstance(facts, ast.Dict)
                        for named in _named(rule, function, permissions):
                            yield named, {str(ast.literal_eval(key)) for key in facts.keys if key}


def _named(rule: ast.expr, function: ast.FunctionDef, permissions: set[str]) -> set[str]:
    """The texts an expression may be: one, one of the function's variables, or one an f-string makes of permissions."""
    if isinstance(rule, ast.JoinedStr):
        assert isinstance(rule.values[0], ast.Constant)
        return {f"{rule.values[0].value}{permission}" for permission in permissions}
    if isinstance(rule, ast.Name):
        assigned = (a for a in ast.walk(function) if isinstance(a, ast.Assign))
        [rule] = [a.value for a in assigned if ast.unparse(a.targets[0]) == rule.id]
    if isinstance(rule, ast.IfExp):
        return {ast.literal_eval(rule.body), ast.literal_eval(rule.orelse)}
    return {ast.literal_eval(rule)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_rule_has_a_sentence_that_its_facts_fill(language: str) -> None:
    rules = dict(refusals())
    assert {
        "money",
        "lot",
        "odd_lot",
        "cage_buy",
        "hours",
        "permission_star",
        "daily_buys",
        "transfer_daily",
    } <= rules.keys()
    for rule, facts in rules.items():
        wanted = {field for _, field, _, _ in Formatter().parse(catalogue(language)[f"refused.{rule}"]) if field}
        assert wanted <= facts, rule


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_has_words_of_its_own(language: str) -> None:
    states = get_args(State)
    assert len({say(language, f"state.{state}") for state in states}) == len(states) == 8


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_state_and_every_failure_of_a_transfer_has_words_of_its_own(language: str) -> None:
    states = get_args(transfers.State)
    assert len({say(language, f"transfer_state.{state}") for state in states}) == len(states) == 4
    reasons = (*filter(None, get_args(BankReason)), "never_arrived")  # the last at a counter over HTTP
    answers = {f"transfer_failed.{reason}" for reason in reasons}
    assert answers == {key for key in catalogue(language) if key.startswith("transfer_failed.")}
    assert len({catalogue(language)[key] for key in answers}) == len(answers) == 6


def test_an_unknown_language_hears_mandarin() -> None:
    assert say("fr", "holdings.none") == say("zh-CN", "holdings.none")


def test_money_and_digits() -> None:
    assert money(Decimal("1234567.5")) == "1,234,567.50"
    assert digits("600519") == "6 0 0 5 1 9"
