"""What was sent to a counter over the network, written down before it leaves, until it is known what became of it.

A record comes before the request. With its answer it is *arrived*: the counter's own books have the order then, and
the record only says so to whoever sends the same again, for as long as anybody might. A refusal takes it away. What is
neither is *unsettled*: no answer came, or the process was killed. The counter refuses a request that is older than the
signature's window, so that some time after ``valid_until`` its books say for certain whether it arrived: an order that
they have settles the record, one that they don't have never arrived. That is kept, for the customer to hear, and so
that the same key sends it no more.

Two rules keep an order from being forgotten. A refusal only takes the record away where the request was sent once:
an earlier copy may still be on its way, and be accepted. And whoever sends again first moves ``valid_until`` on, in a
write that fails where the record has been settled; who settles does so only if it was not sent again meanwhile.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal, NamedTuple, cast

from pynamodb.expressions.update import Action

from chalicelib.trading.books import stamp
from chalicelib.trading.counter import KeyReused
from chalicelib.trading.ledger import Change, Charges, OrderState
from chalicelib.trading.models import SentRequest
from chalicelib.trading.rules import Order
from chalicelib.trading.transfers import Change as TransferChange
from chalicelib.trading.transfers import Direction, TransferState
from chalicelib.trading.wire import dump, load

Kind = Literal["order", "transfer"]
_ATTEMPTS = 4
_KEPT = timedelta(days=7)  # an arrived record: longer than any event is delivered again


class MoneyTransfer(NamedTuple):
    """What a transfer is, without its password."""

    direction: Direction
    amount: Decimal


class Sent(NamedTuple):
    """A request as it is recorded. ``sends``: how often it has been sent; ``settled_at``: None while it is unsettled,
    else since when (UTC, ISO 8601) it is known never to have arrived; ``arrived``: known to the counter's books."""

    account_id: str
    kind: Kind
    number: str
    idempotency_key: str
    content: Order | MoneyTransfer
    day: str
    sent_at: str
    valid_until: str
    sends: int
    settled_at: str | None = None
    arrived: bool = False

    @property
    def never_arrived(self) -> bool:
        """Whether it is known that the counter never got it."""
        return self.settled_at is not None


def begin(wanted: Sent) -> Sent:
    """Record ``wanted``, to be sent now. The record as it then stands: ``wanted``; or, sent before under the same key,
    with ``sends`` counted up, or never_arrived, and then it must not be sent; or one of another key. KeyReused for a
    known key and something else to send.
    """
    for _ in range(_ATTEMPTS):
        if _record(wanted).save_if(SentRequest.account_id.does_not_exist()):
            return wanted
        held = find(wanted.account_id, wanted.kind, wanted.number)
        if held is None:
            continue  # its answer has just come
        if held.idempotency_key != wanted.idempotency_key:
            return held
        if not _is_same(held.content, wanted.content):
            raise KeyReused(f"The key of {held.kind} {held.number} was used again for another: take a new key.")
        if held.never_arrived:
            return held
        again = held._replace(valid_until=max(wanted.valid_until, held.valid_until), sends=held.sends + 1)
        actions: list[Action] = [SentRequest.valid_until.set(again.valid_until), SentRequest.sends.set(again.sends)]
        if _key(held).update_if(_as_read(held), actions):
            return again
    raise TimeoutError("The same order is being sent several times at this moment: ask again.")


def answered(sent: Sent) -> None:
    """The counter has it, and its own books tell of it from now on. A record that can't be changed now is found, and
    settled, by the reconciler: that must not make an order that was taken sound like one that was not."""
    from pynamodb.exceptions import PynamoDBException

    gone = int((datetime.fromisoformat(sent.valid_until) + _KEPT).timestamp())
    actions: list[Action] = [
        SentRequest.unsettled.remove(),
        SentRequest.listed.remove(),
        SentRequest.expires_at.set(gone),
    ]
    with suppress(PynamoDBException):
        _key(sent).update(actions, condition=SentRequest.account_id.exists())


def number_taken(sent: Sent) -> None:
    """The counter has another's under this number, and never took this one under it: as :func:`answered` otherwise."""
    from pynamodb.exceptions import PynamoDBException

    with suppress(PynamoDBException):
        _key(sent).delete(condition=SentRequest.idempotency_key == sent.idempotency_key)


def refused(sent: Sent) -> bool:
    """The counter refused it. True where nothing else was sent under its key, so that the refusal is all there is.

    A record that is gone went by this very hand: the SDK asked again after an answer that was lost, and nobody else
    takes away what was sent once.
    """
    from pynamodb.exceptions import DeleteError

    if sent.sends > 1:
        return False
    try:
        _key(sent).delete(condition=_as_read(sent))
    except DeleteError as failed:
        if failed.cause_response_code != "ConditionalCheckFailedException":
            raise
        return find(sent.account_id, sent.kind, sent.number) is None
    return True


def never_arrived(sent: Sent, at: datetime) -> bool:
    """Settle it as never arrived, unless it was sent again since it was read; whether it is settled so."""
    actions: list[Action] = [SentRequest.settled_at.set(stamp(at)), SentRequest.unsettled.remove()]
    return _key(sent).update_if(_as_read(sent), actions)


def find(account_id: str, kind: Kind, number: str) -> Sent | None:
    """What is recorded under this number."""
    try:
        return _sent(SentRequest.get(account_id, f"{kind}#{number}", consistent_read=True))
    except SentRequest.DoesNotExist:
        return None


def only_here(account_id: str, kind: Kind, number: str) -> Sent | None:
    """What is recorded under this number and not known to have arrived: of the rest the counter's books tell."""
    held = find(account_id, kind, number)
    return None if held and held.arrived else held


def of_days(account_id: str, kind: Kind, first: str, last: str) -> list[Sent]:
    """What is recorded of an account for the trading days from ``first`` to ``last``, the newest first."""
    found = SentRequest.by_day.query(
        account_id,
        SentRequest.listed.between(f"{kind}#{first}#", f"{kind}#{last}#~"),
        consistent_read=True,
        scan_index_forward=False,
    )
    return [_sent(record) for record in found]


def unsettled() -> Iterator[Sent]:
    """All that is unsettled, what was valid shortest first. The index lags behind the table by a moment."""
    for record in SentRequest.of_all.query("yes"):
        yield _sent(record)


def valid_until(at: datetime, window: int) -> str:
    """Until when a request signed ``at`` is taken."""
    return stamp(at + timedelta(seconds=window))


def order_of(sent: Sent) -> OrderState:
    """An order of which the counter's books tell nothing: "unknown", or "rejected" where it never arrived."""
    order = cast(Order, sent.content)
    changes = [Change(sent.sent_at, "unknown", order.quantity, order.price, "sent", sent.idempotency_key)]
    if sent.settled_at:
        changes.append(Change(sent.settled_at, "rejected", order.quantity, None, "never_arrived", sent.idempotency_key))
    zero = Decimal(0)
    return OrderState(
        account_id=sent.account_id,
        contract_number=sent.number,
        idempotency_key=sent.idempotency_key,
        side=order.side,
        code=order.code,
        quantity=order.quantity,
        price=order.price,
        kind=order.kind,
        day=sent.day,
        placed_at=sent.sent_at,
        commission_rate=zero,
        state=changes[-1].state,
        frozen=zero,
        filled=0,
        traded=zero,
        charges=Charges(),
        changes=tuple(changes),
    )


def transfer_of(sent: Sent) -> TransferState:
    """A transfer of which the counter's books tell nothing: "unknown", or "failed" where it never arrived."""
    transfer = cast(MoneyTransfer, sent.content)
    changes = [TransferChange(sent.sent_at, "unknown", "")]
    if sent.settled_at:
        changes.append(TransferChange(sent.settled_at, "failed", "never_arrived"))
    return TransferState(
        account_id=sent.account_id,
        number=sent.number,
        idempotency_key=sent.idempotency_key,
        direction=transfer.direction,
        amount=transfer.amount,
        day=sent.day,
        requested_at=sent.sent_at,
        state=changes[-1].state,
        reason=changes[-1].reason,
        changes=tuple(changes),
    )


def _is_same(one: Order | MoneyTransfer, other: Order | MoneyTransfer) -> bool:
    """Whether they ask for the same. What was confirmed on the way to an order is no part of it."""
    as_asked = (what._replace(confirmed=()) if isinstance(what, Order) else what for what in (one, other))
    return next(as_asked) == next(as_asked)


def _key(sent: Sent) -> SentRequest:
    return SentRequest(sent.account_id, f"{sent.kind}#{sent.number}")


def _as_read(sent: Sent) -> Any:
    return (
        (SentRequest.sends == sent.sends)
        & (SentRequest.valid_until == sent.valid_until)
        & (SentRequest.idempotency_key == sent.idempotency_key)
        & SentRequest.settled_at.does_not_exist()
    )


def _record(sent: Sent) -> SentRequest:
    return SentRequest(
        sent.account_id,
        f"{sent.kind}#{sent.number}",
        idempotency_key=sent.idempotency_key,
        content=dump(sent.content),
        day=sent.day,
        sent_at=sent.sent_at,
        valid_until=sent.valid_until,
        sends=sent.sends,
        unsettled="yes",
        listed=f"{sent.kind}#{sent.day}#{sent.sent_at}",
    )


def _sent(record: SentRequest) -> Sent:
    kind, number = record.name.split("#")
    return Sent(
        account_id=record.account_id,
        kind=cast(Kind, kind),
        number=number,
        idempotency_key=record.idempotency_key,
        content=load(Order, record.content) if kind == "order" else load(MoneyTransfer, record.content),
        day=record.day,
        sent_at=record.sent_at,
        valid_until=record.valid_until,
        sends=int(record.sends),
        settled_at=record.settled_at,
        arrived=record.expires_at is not None,
    )
