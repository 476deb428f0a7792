"""Money between the bank and the account. The bank password goes to the bank and nowhere else."""

from typing import Any

from chalicelib import trading
from chalicelib.http.accounts import DAY
from chalicelib.http.answering import Asked
from chalicelib.http.problem import Problem, refused, unknown
from chalicelib.http.wire import Reply, pick, text, yuan
from chalicelib.platform.clock import business_day
from chalicelib.trading import Refusal, TransferState

TRANSFER = {"direction": text("in|out"), "amount": yuan, "bank_password": text(r"[ -~]{1,64}")}
SHOWN = ("number", "direction", "amount", "day", "requested_at", "state", "reason")


def transfer(asked: Asked) -> Reply:
    """Move money, once however often the request comes. 201 says what became of it (``state``); 202: not known yet."""
    key, given = asked.key(), asked.fields(TRANSFER)
    made = trading.transfer(
        asked.account_id, given["direction"], given["amount"], given["bank_password"], key, asked.at
    )
    if isinstance(made, Refusal):
        raise refused(made)
    if (made.direction, made.amount) != (given["direction"], given["amount"]):
        raise Problem(409, "key_reused")
    status = 201 if made.state in ("done", "failed") else 202
    return Reply(status, _shown(made), {"Location": f"transfers/{made.number}"})


def find_all(asked: Asked) -> Reply:
    """The transfers of a day, the newest first; today's where none is named."""
    day = asked.parameters(DAY, day=business_day(asked.at))["day"]
    found = [_shown(made) for made in trading.transfers_of_day(asked.account_id, day)]
    return Reply(200, {"day": day.isoformat(), "transfers": found})


def find(asked: Asked) -> Reply:
    """A transfer, and all that became of it."""
    made = trading.transfer_of(asked.account_id, asked.path["transfer_number"])
    if made is None:
        raise unknown("transfer")
    return Reply(200, {**_shown(made), "changes": [pick(change, *change._fields) for change in made.changes]})


def _shown(made: TransferState) -> dict[str, Any]:
    return pick(made, *SHOWN)
