"""Orders over HTTP: the same rules and the same idempotency as by phone, and no body that brings a 500 about."""

import ast
import json
from decimal import Decimal
from string import Formatter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib import trading
from chalicelib.http.problem import refused
from chalicelib.http.words import catalogue, language_of
from chalicelib.platform.words import LANGUAGES
from chalicelib.trading import Cancelled, CancelledOnly, NotCancelled, Refusal, SpokenWarning, Unknown, books
from chalicelib.voice.speech import catalogue as spoken
from tests.unit.chalicelib.seed import ACCOUNT, money, orders, position, security

from .conftest import ROOT, TELLER, Ask

ORDERS = f"/accounts/{ACCOUNT}/orders"
BUY = {"side": "buy", "code": "600519", "quantity": 100, "price": "100.00"}


@pytest.fixture(autouse=True)
def _account(cloud: None) -> None:
    security(), position(), position("600519", "200")


def placed(ask: Ask, key: str = "k-1", **change: Any) -> str:
    answer = ask("POST", ORDERS, BUY | change, key=key)
    assert answer.status == 201, answer.body
    return str(answer.body["contract_number"])


def test_an_order_is_placed_and_found(ask: Ask) -> None:
    answer = ask("POST", ORDERS, BUY, key="k-1")
    [order] = orders()
    assert (answer.status, answer.body) == (201, {"contract_number": order.contract_number})
    assert answer.headers["Location"] == f"orders/{order.contract_number}"
    found = ask("GET", f"{ORDERS}/{order.contract_number}").body
    assert (found["price"], found["frozen"]) == ("100.00", "10005.10")
    assert [change["state"] for change in found["changes"]] == ["accepted"]
    assert ask("GET", ORDERS).body["orders"] == [{name: found[name] for name in found if name != "changes"}]
    assert "k-1" not in json.dumps(found)


def test_a_repeated_request_is_answered_as_before_and_places_nothing(ask: Ask) -> None:
    assert ask("POST", ORDERS, BUY, key="k") == ask("POST", ORDERS, BUY, key="k")
    assert len(orders()) == 1


def test_a_request_whose_answer_was_lost_is_answered_when_asked_again(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = books.take

    def took_and_lost(*args: Any) -> None:
        monkeypatch.setattr(books, "take", take)
        take(*args)
        raise TimeoutError

    monkeypatch.setattr(books, "take", took_and_lost)
    lost = ask("POST", ORDERS, BUY, key="k")
    assert (lost.status, lost.body["code"], lost.headers["Retry-After"]) == (503, "busy", "1")
    assert placed(ask, key="k") == orders()[0].contract_number
    assert len(orders()) == 1


def test_a_key_used_for_another_order_is_refused(ask: Ask) -> None:
    placed(ask, key="k")
    answer = ask("POST", ORDERS, BUY | {"quantity": 200}, key="k")
    assert (answer.status, answer.body["code"]) == (409, "key_reused")
    assert len(orders()) == 1


def test_two_people_may_think_of_the_same_key(ask: Ask) -> None:
    placed(ask, key="k")
    assert ask("POST", ORDERS, BUY, key="k", who=TELLER).status == 201
    assert len(orders()) == 2


@pytest.mark.parametrize("key", [None, "", "a b", "é", "x" * 65])
@pytest.mark.parametrize(
    ("method", "path"), [("POST", ORDERS), ("DELETE", f"{ORDERS}/12345678"), ("PATCH", f"{ORDERS}/12345678")]
)
def test_what_is_done_once_needs_a_key(ask: Ask, method: str, path: str, key: str | None) -> None:
    answer = ask(method, path, BUY, key=key)
    assert (answer.status, answer.body["code"]) == (400, "key_missing")
    assert not orders()


@pytest.mark.parametrize(
    ("change", "status", "code", "field"),
    [
        ({"quantity": 150}, 422, "lot", "quantity"),
        ({"price": "120.00"}, 422, "limit", "price"),
        ({"price": "100.001"}, 422, "tick", "price"),
        ({"side": "sell", "quantity": 300}, 422, "shares", "quantity"),
        ({"code": "600000"}, 422, "unknown_security", "code"),
        ({"quantity": 10_000}, 409, "money", "funds"),
    ],
)
@pytest.mark.parametrize("path", [ORDERS, f"{ORDERS}/preview"])
def test_a_refusal_names_the_rule_and_what_would_be_accepted(
    ask: Ask, change: dict[str, Any], status: int, code: str, field: str, path: str
) -> None:
    answer = ask("POST", path, BUY | change, key="k")
    assert (answer.status, answer.body["code"], answer.body["field"]) == (status, code, field)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert not orders()


def test_facts_are_text_where_they_are_money(ask: Ask) -> None:
    answer = ask("POST", ORDERS, BUY | {"quantity": 10_000}, key="k")
    assert answer.body["facts"] == {"cost": "1000310.00", "cash": "100000.00"}
    assert answer.body["message"] == spoken("en")["refused.money"].format(cost="1,000,310.00", cash="100,000.00")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_refusal_is_said_in_the_language_of_whoever_asked(ask: Ask, language: str) -> None:
    answer = ask("POST", ORDERS, BUY | {"quantity": 150}, key="k", language=language)
    assert answer.body["message"] == spoken(language)["refused.lot"].format(minimum=100, step=100)
    missing = ask("POST", ORDERS, BUY, language=language)
    assert missing.body["message"] == catalogue(language)["key_missing"]


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "zh-CN"), ("zh-Hant-HK,zh;q=0.9", "zh-HK"), ("yue", "zh-HK"), ("zh-TW", "zh-CN"), ("en-GB", "en"),
        ("fr, en;q=0.5, zh;q=0.7", "zh-CN"), ("fr", "zh-CN"), ("en;q=zero,zh-HK;q=0.1", "zh-HK"), (";;,,", "zh-CN"),
    ],
)  # fmt: skip
def test_the_language_asked_for_most_that_we_speak(accepted: str, language: str) -> None:
    assert language_of(accepted) == language


def test_every_language_has_every_sentence_about_requests() -> None:
    def facts(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    en, mandarin, cantonese = (
        {key: facts(text) for key, text in catalogue(name).items()} for name in sorted(LANGUAGES)
    )
    assert en == mandarin == cantonese


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"side": "hold"}, "side"), ({"side": None}, "side"), ({"code": "60051"}, "code"), ({"code": 600519}, "code"),
        ({"code": "٦٠٠٥١٩"}, "code"), ({"quantity": "100"}, "quantity"), ({"quantity": 1.5}, "quantity"),
        ({"quantity": True}, "quantity"), ({"quantity": -100}, "quantity"), ({"quantity": 10**10}, "quantity"),
        ({"price": 100.0}, "price"), ({"price": "-1"}, "price"), ({"price": "NaN"}, "price"),
        ({"price": "1e3"}, "price"),
        ({"price": ""}, "price"), ({"price": None}, "price"), ({"kind": "stop"}, "kind"),
        ({"quantiti": 1}, "quantiti"),
        ({"confirmed": "risk_warning"}, "confirmed"), ({"confirmed": [1]}, "confirmed"),
    ],
)  # fmt: skip
def test_a_malformed_field_is_named(ask: Ask, change: dict[str, Any], field: str) -> None:
    answer = ask("POST", ORDERS, BUY | change, key="k")
    assert (answer.status, answer.body["code"], answer.body["field"]) == (400, "bad_field", field)
    assert not orders()


@pytest.mark.parametrize("missing", BUY)
def test_a_missing_field_is_named(ask: Ask, missing: str) -> None:
    answer = ask("POST", ORDERS, {name: BUY[name] for name in BUY if name != missing}, key="k")
    assert (answer.status, answer.body["field"]) == (400, missing)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"1", b'"x"', b"null", b"\xff", b"[" * 100_000, b'{"a":' * 100_000, b"1" * 5000]
)
def test_a_body_that_is_no_object_is_no_json_to_us(ask: Ask, body: bytes) -> None:
    answer = ask("POST", ORDERS, body, key="k")
    assert (answer.status, answer.body["code"]) == (400, "bad_json")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*BUY, "kind", "confirmed"]) | st.text(), inner),
    max_leaves=8,
)


@given(body=JSON | st.fixed_dictionaries({name: JSON | st.just(value) for name, value in BUY.items()}), key=st.text())
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_no_body_and_no_key_brings_more_than_a_problem_about(ask: Ask, method: str, body: Any, key: str) -> None:
    path = ORDERS if method == "POST" else f"{ORDERS}/12345678"
    for given_key in ("k", key):
        answer = ask(method, path, body, key=given_key)
        assert answer.status == 201 or (400 <= answer.status < 500 and answer.body["code"] and answer.body["message"])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("from=2026-11-24", "to"), ("from=2026-11-24&to=2026-11-23", "from"), ("from=x&to=2026-11-24", "from"),
        ("from=2026-02-30&to=2026-11-24", "from"), ("from=2026-11-24&to=2026-11-24&page=2", "page"),
        ("from=2026-11-24&to=2026-11-24&page=x", "page"), ("day=2026-11-24", "day"),
    ],
)  # fmt: skip
def test_a_malformed_parameter_is_named(ask: Ask, query: str, field: str) -> None:
    answer = ask("GET", f"{ORDERS}?{query}")
    assert (answer.status, answer.body["code"], answer.body["field"]) == (400, "bad_field", field)


def test_history_comes_a_page_at_a_time(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    from urllib.parse import quote

    numbers = {placed(ask, key=str(n), price="95.00", quantity=100) for n in range(3)}
    history = trading.history
    monkeypatch.setattr(trading, "history", lambda *args: history(*args, page_size=2))
    days = f"{ORDERS}?from=2026-11-24&to=2026-11-24"
    first = ask("GET", days).body
    second = ask("GET", f"{days}&page={quote(first['next_page'])}").body
    assert {order["contract_number"] for order in (*first["orders"], *second["orders"])} == numbers
    assert second["next_page"] is None


def test_a_cancelled_order_stays_cancelled_and_says_so_again(ask: Ask) -> None:
    number = placed(ask)
    first = ask("DELETE", f"{ORDERS}/{number}", key="c")
    assert first.body == {"contract_number": number, "quantity": 100, "filled": 0, "state": "cancelled"}
    assert ask("DELETE", f"{ORDERS}/{number}", key="c") == first
    again = ask("DELETE", f"{ORDERS}/{number}", key="another")
    assert (again.status, again.body["code"], again.body["facts"]) == (409, "not_open", {"state": "cancelled"})
    assert again.body["message"] == "That order cannot be cancelled any more. It is cancelled."
    assert money() == (Decimal("100000.00"), 0)
    unknown = ask("DELETE", f"{ORDERS}/00000000", key="c")
    assert (unknown.status, unknown.body["code"]) == (404, "unknown_order")


def test_an_amended_order_is_a_new_one_for_the_old(ask: Ask) -> None:
    number = placed(ask)
    path, change = f"{ORDERS}/{number}", {"quantity": 200, "price": "99.00"}
    first = ask("PATCH", path, change, key="a")
    assert (first.status, first.body["replaces"]) == (200, number)
    assert ask("PATCH", path, change, key="a") == first
    assert ask("PATCH", path, change | {"price": "98.00"}, key="a").body["code"] == "key_reused"
    assert {order.contract_number: order.state for order in orders()} == {
        number: "cancelled",
        first.body["contract_number"]: "accepted",
    }


def test_an_amendment_that_is_refused_after_the_cancellation_says_what_is_cancelled(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal, cancelled = Refusal("tick", "price", {"tick": Decimal("0.01")}), Cancelled("12345678", 100, 0)
    monkeypatch.setattr(trading, "amend_order", lambda *_: CancelledOnly(cancelled, refusal))
    answer = ask("PATCH", f"{ORDERS}/12345678", {"quantity": 1, "price": "1"}, key="a")
    assert (answer.status, answer.body["code"], answer.body["cancelled"]) == (422, "tick", "12345678")


def test_an_amendment_that_would_be_refused_changes_nothing(ask: Ask) -> None:
    number = placed(ask)
    answer = ask("PATCH", f"{ORDERS}/{number}", {"quantity": 150, "price": "99.00"}, key="a")
    assert (answer.status, answer.body["code"]) == (422, "lot")
    assert "cancelled" not in answer.body
    assert [order.state for order in orders()] == ["accepted"]


@pytest.mark.parametrize(
    ("method", "path", "verb"),
    [
        ("POST", ORDERS, "place_order"),
        ("DELETE", f"{ORDERS}/12345678", "cancel_order"),
        ("PATCH", f"{ORDERS}/12345678", "amend_order"),
    ],
)
def test_when_the_counter_was_not_heard_the_order_is_unknown_under_its_number(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, method: str, path: str, verb: str
) -> None:
    monkeypatch.setattr(trading, verb, lambda *_: Unknown("12345678"))
    body = BUY if method == "POST" else {"quantity": 100, "price": "1"}
    answer = ask(method, path, body, key="k")
    assert (answer.status, answer.body) == (202, {"contract_number": "12345678", "state": "unknown"})


@pytest.mark.parametrize("rule", ["unknown", "not_open", "no_cancel_now"])
def test_why_an_order_is_not_cancelled(ask: Ask, monkeypatch: pytest.MonkeyPatch, rule: Any) -> None:
    monkeypatch.setattr(trading, "cancel_order", lambda *_: NotCancelled(rule, "accepted"))
    answer = ask("DELETE", f"{ORDERS}/12345678", key="k")
    assert (answer.status, answer.body["code"]) == ((404, "unknown_order") if rule == "unknown" else (409, rule))


def test_an_amendment_of_what_has_all_traded_is_a_cancellation(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trading, "amend_order", lambda *_: Cancelled("12345678", 50, 50))
    answer = ask("PATCH", f"{ORDERS}/12345678", {"quantity": 50, "price": "1"}, key="k")
    assert (answer.status, answer.body["state"], answer.body["filled"]) == (200, "cancelled", 50)


def test_confirmed_warnings_and_market_orders_reach_the_counter(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Any] = []
    monkeypatch.setattr(trading, "place_order", lambda _, order, *__: seen.append(order) or Unknown("1"))
    market = {name: BUY[name] for name in BUY if name != "price"} | {"kind": "own_best", "confirmed": ["risk_warning"]}
    ask("POST", ORDERS, market, key="k")
    assert seen == [trading.Order("buy", "600519", 100, Decimal(0), "own_best", ("risk_warning",))]


def test_a_failure_tells_the_log_its_kind_and_nothing_that_was_sent(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    import logging

    def fail(*_: object) -> None:
        raise ValueError("a secret of 600519")

    monkeypatch.setattr(trading, "place_order", fail)
    logging.getLogger("brokerline").addHandler(caplog.handler)
    with caplog.at_level(logging.INFO):
        answer = ask("POST", ORDERS, BUY, key="a-key")
    assert (answer.status, answer.body["code"]) == (500, "error")
    said = repr([vars(record) for record in caplog.records])
    assert "ValueError" in said
    assert not any(sent in said + json.dumps(answer.body) for sent in ("a secret", "600519", "a-key"))


def _rules() -> set[str]:
    """Every rule that trading refuses by, as it stands in its source."""
    calls = [
        node
        for file in (ROOT / "chalicelib/trading").glob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Refusal" and node.args
    ]
    return {str(call.args[0].value) for call in calls if isinstance(call.args[0], ast.Constant)}


@pytest.mark.parametrize("rule", sorted(_rules()))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_can_be_said(rule: str, language: str) -> None:
    wanted = {name for _, name, _, _ in Formatter().parse(spoken(language)[f"refused.{rule}"]) if name}
    reply = refused(Refusal(rule, "quantity", dict.fromkeys(wanted, "7"))).reply(language)
    assert (reply.status, reply.body["code"]) == (422, rule)


@pytest.mark.parametrize("rule", ["risk_level", "risk_warning", "delisting"])
def test_a_warning_is_to_be_confirmed(rule: Any) -> None:
    problem = refused(SpokenWarning(rule, {}))
    assert (problem.status, problem.code, problem.field) == (409, f"warning.{rule}", "confirmed")
