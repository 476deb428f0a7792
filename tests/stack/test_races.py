"""What happens at the same moment: calls to the packed function side by side, on the local cloud."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from devtools import secrets
from devtools.faults import race
from devtools.line import Line
from localconnect.encryption import encrypt

from .journey import ask, call, orders, position, scan

SIDE_BY_SIDE = 6
RACES = 100  # make faults runs ten thousand


@pytest.fixture(scope="module")
def certificate(line: Line) -> str:
    return secrets.ensure(line.stage.ssm, line.stage.name).certificate


def test_two_orders_never_spend_the_same_money(line: Line) -> None:
    known = call(line, "60006666#,223606#")
    order = {"Operation": "place_order", "Side": "buy", "Code": "601398", "Quantity": "300", "Price": "7*85"}
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        list(
            pool.map(
                lambda n: ask(line, known.contact_id, known.attributes, **order, ConfirmationId=str(n)),
                range(2 * SIDE_BY_SIDE),
            )
        )
    # 8,000.00 pays for three orders of 2,360.02 each, and for no more.
    taken = orders(line, "A-6666")
    available, frozen = position(line, "A-6666")
    assert 1 <= len(taken) <= 3
    assert frozen == sum(order["frozen_amount"] for order in taken) == len(taken) * Decimal("2360.02")
    assert available + frozen == Decimal("8000.00")


def test_one_confirmation_at_the_same_moment_is_one_order(line: Line) -> None:
    known = call(line, "60007777#,264575#")
    order = {"Operation": "place_order", "Side": "buy", "Code": "000001", "Quantity": "100", "Price": "11*60"}
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        answers = list(
            pool.map(
                lambda _: ask(line, known.contact_id, known.attributes, **order, ConfirmationId="one"),
                range(2 * SIDE_BY_SIDE),
            )
        )
    [taken] = orders(line, "A-7777")
    numbers = {answer.payload for answer in answers if not answer.error}
    assert len(numbers) == 1
    assert taken["contract_number"].encode() in numbers.pop()


def test_guesses_at_the_same_moment_cannot_outrun_the_lock(line: Line, certificate: str) -> None:
    def sealed(keys: str) -> str:
        return encrypt(keys, "key", certificate)

    number = ask(line, "c", {}, Operation="read_account", AccountNumber=sealed("60007777")).payload.decode()
    key = number.partition('"AccountKey": "')[2][:64]
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        list(
            pool.map(
                lambda n: ask(line, f"c-{n}", {}, Operation="identify", AccountKey=key, Pin=sealed("000000")),
                range(2 * SIDE_BY_SIDE),
            )
        )
    assert b'"locked"' in ask(line, "c", {}, Operation="identify", AccountKey=key, Pin=sealed("264575")).payload
    [customer] = [item for item in scan(line, "CustomersTable") if item["account_id"] == "A-7777"]
    assert customer["failures"] == 5


def test_two_callers_at_once_never_spend_the_same_money_nor_sell_the_same_shares(line: Line) -> None:
    raced = race(line, RACES)
    assert raced["found"] == dict.fromkeys(raced["found"], 0)
    assert raced["rounds"] == RACES
    assert raced["collided"] >= RACES / 2  # they did meet
