"""`python -m tests.stack.transfer_races`: bank transfers side by side in the function's place; prints JSON.

The clock stands at eleven in the morning of a trading day, whatever hour it is here. Run by test_transfers.py.
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from pynamodb.exceptions import TransactWriteError

from chalicelib import trading
from chalicelib.trading import Order, Refusal, TransferState, embedded_bank, transfer_books
from chalicelib.trading.bank import BankAnswer
from chalicelib.trading.ledger import CASH, movements
from chalicelib.trading.models import BankAccount, EntryRecord, Position

DAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
SIDE_BY_SIDE = 8
PASSWORD = "135790"
FAULTS = 0.1


def opened(account_id: str, cash: str, bank: str, unsettled: str = "0") -> None:
    trading.open_position(account_id, CASH, Decimal(cash), Decimal(unsettled), Decimal("0.0003"), DAY, NOW)
    embedded_bank.open_account(account_id, Decimal(bank), PASSWORD)


def move(account_id: str, direction: Any, amount: str, key: str) -> str:
    """What became of it, in a word."""
    try:
        answer = trading.transfer(account_id, direction, Decimal(amount), PASSWORD, key, NOW)
    except TransactWriteError:
        return "contended"
    return answer.rule if isinstance(answer, Refusal) else f"{answer.state} {answer.number}"


def side_by_side(act: Callable[[Any], str], given: Iterable[Any]) -> list[str]:
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        return list(pool.map(act, given))


def account_of(account_id: str) -> dict[str, str]:
    """What there is, here and at the bank, and what the entries say."""
    held = Position.get(account_id, CASH, consistent_read=True)
    explained = movements(EntryRecord.query(account_id, consistent_read=True))[CASH]
    assert explained == (held.available, held.frozen, held.unsettled)
    bank = BankAccount.get(account_id, consistent_read=True)
    return {
        "available": str(held.available),
        "frozen": str(held.frozen),
        "bank": str(bank.balance),
        "in": str(held.transferred_in or 0),
        "out": str(held.transferred_out or 0),
    }


def the_same_money() -> dict[str, Any]:
    """70,000.00 may be drawn out: seven transfers of 10,000.00 and no more, while orders want it too."""
    opened("A-RACE-1", "100000.00", "0.00", unsettled="30000.00")

    def act(n: int) -> str:
        if n % 6 == 5:
            return str(trading.place_order("A-RACE-1", Order("buy", "601398", 100, Decimal("7.85")), str(n), NOW))[:6]
        return move("A-RACE-1", "out", "10000.00", str(n))

    answers = side_by_side(act, range(36))
    return account_of("A-RACE-1") | {"answers": Counter(answer.split()[0] for answer in answers)}


def the_limit_of_a_day() -> dict[str, Any]:
    """5,000,000.00 may come in on a day."""
    opened("A-RACE-2", "0.00", "50000000.00")
    answers = side_by_side(lambda n: move("A-RACE-2", "in", "1000000.00", str(n)), range(24))
    return account_of("A-RACE-2") | {"answers": Counter(answer.split()[0] for answer in answers)}


def one_confirmation() -> dict[str, Any]:
    opened("A-RACE-3", "1000.00", "1000.00")
    answers = side_by_side(lambda _: move("A-RACE-3", "out", "100.00", "one"), range(24))
    return account_of("A-RACE-3") | {"numbers": sorted({answer.split()[1] for answer in answers})}


class Stopped(BaseException):
    """As if the process ended here."""


def one_in_ten_goes_wrong() -> dict[str, Any]:
    """Each step may break off before or after it is done; then the reconciler comes, an hour later."""
    opened("A-RACE-4", "100000.00", "100000.00")
    chance = random.Random(4)

    def faulty(act: Callable[..., Any], error: type[BaseException]) -> Callable[..., Any]:
        def tried(*given: Any, **other: Any) -> Any:
            if chance.random() < FAULTS / 2:
                raise error
            answer = act(*given, **other)
            if chance.random() < FAULTS / 2:
                raise error
            return answer

        return tried

    bank, record, change = trading.bank, transfer_books.record, transfer_books.change
    whole: dict[Any, dict[str, Any]] = {bank: {}, transfer_books: {"record": record, "change": change}}
    bank.debit, bank.credit = faulty(bank.debit, TimeoutError), faulty(bank.credit, TimeoutError)  # type: ignore[method-assign]
    transfer_books.record, transfer_books.change = faulty(record, Stopped), faulty(change, Stopped)

    def act(n: int) -> str:
        for _ in range(1 + n % 2):  # every second one is delivered again
            try:
                answer = move("A-RACE-4", "in" if n % 3 else "out", "100.00", str(n))
            except Stopped:
                answer = "stopped"
        return answer

    answers = side_by_side(act, range(300))
    for module, names in whole.items():
        for name, was in names.items():
            setattr(module, name, was)
    del bank.debit, bank.credit
    open_before = len(list(transfer_books.open_transfers()))
    reconciled = trading.reconcile_transfers(NOW + timedelta(hours=1))
    found = trading.transfers_of_day("A-RACE-4", DAY)
    return account_of("A-RACE-4") | {
        "answers": Counter(answer.split()[0] for answer in answers),
        "open before": open_before,
        "open": len(reconciled.still_open),
        "states": Counter(transfer.state for transfer in found),
        "moved": str(sum(net(transfer) for transfer in found)),
        "differences": [one.difference for one in trading.compare_with_bank(DAY)],
    }


def net(transfer: TransferState) -> Decimal:
    if transfer.state != "done":
        return Decimal(0)
    return transfer.amount if transfer.direction == "in" else -transfer.amount


def left_open() -> str:
    """A transfer of which nothing was heard, for the function of the day's end; its number."""
    opened("A-RACE-5", "1000.00", "1000.00")

    def silent(*_: Any) -> BankAnswer:
        raise TimeoutError

    trading.bank.credit = silent  # type: ignore[method-assign]
    return move("A-RACE-5", "out", "400.00", "k").split()[1]


def main() -> None:
    races = (the_same_money, the_limit_of_a_day, one_confirmation, one_in_ten_goes_wrong)
    results: dict[str, Any] = {race.__name__: race() for race in races}
    print(json.dumps(results | {"left_open": left_open()}))


if __name__ == "__main__":
    main()
