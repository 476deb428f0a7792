"""The firm's own counter, reached over HTTP as docs/counter.openapi.yaml has it.

What is placed or moved is written down before it leaves (:mod:`.sent`): where no answer comes it is *unknown*, and
:meth:`HttpCounter.reconcile` finds out from the counter's books what became of it. Nothing is sent a second time but
under its own number and key, while the request is still good; nothing that was sent is forgotten.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any, TypeVar, cast

from chalicelib.platform.clock import business_day, now
from chalicelib.platform.settings import CounterSettings, counter_settings
from chalicelib.trading import sent
from chalicelib.trading.books import stamp
from chalicelib.trading.counter import (
    Cancelled,
    Funds,
    Holding,
    KeyReused,
    Movements,
    NotCancelled,
    NumberTaken,
    OrderPage,
    Placed,
    Reconciled,
    Unknown,
)
from chalicelib.trading.ledger import OrderState
from chalicelib.trading.link import Answer, Ask, Link, NoAnswer, part
from chalicelib.trading.rules import Order, Quote, Refusal, contract_numbers
from chalicelib.trading.sent import Kind, MoneyTransfer, Sent
from chalicelib.trading.suitability import SpokenWarning
from chalicelib.trading.transfers import Direction, TransferState, transfer_numbers
from chalicelib.trading.wire import dump, load

T = TypeVar("T")
_STATE = TypeVar("_STATE", bound=OrderState | TransferState)
# Nothing was sent, for certain, or the counter will not have it of us: nothing is ordered, and nobody need wait.
UNREACHABLE = Refusal("counter_unreachable", "time", {})
NEVER_ARRIVED = Refusal("never_arrived", "time", {})


class HttpCounter:
    """Implements :class:`chalicelib.trading.counter.Counter`. Reads raise NoAnswer, an OSError, where none comes.

    ``clock`` is the time that signs; without a ``link`` one is made of the settings when it is first needed.
    """

    def __init__(
        self,
        link: Link | None = None,
        settings: CounterSettings | None = None,
        sealing_key: str | None = None,
        clock: Callable[[], datetime] = now,
    ) -> None:
        self._given = (link, settings, sealing_key)
        self._clock = clock

    @cached_property
    def _settings(self) -> CounterSettings:
        return self._given[1] or counter_settings()

    @cached_property
    def _link(self) -> Link:
        from chalicelib.trading.way import link_of

        return self._given[0] or link_of(self._settings)

    @cached_property
    def _sealing_key(self) -> str:
        from chalicelib.trading.way import sealing_key

        return self._given[2] or sealing_key()

    # What is asked

    def quotes(self, codes: list[str]) -> dict[str, Quote]:
        found = load(list[Quote], self._get("/quotes", codes=",".join(codes)).get("quotes"))
        return {quote.code: quote for quote in found}

    def account(self, account_id: str) -> tuple[Funds, list[Holding]]:
        body = self._get(_account(account_id))
        return load(Funds, body.get("funds")), load(list[Holding], body.get("holdings"))

    def check(
        self,
        account_id: str,
        order: Order,
        at: datetime,
        contract_number: str | None = None,
        instead_of: OrderState | None = None,
    ) -> Quote | Refusal | SpokenWarning | NumberTaken | None:
        more = {"contract_number": contract_number, "instead_of": instead_of and instead_of.contract_number}
        body = {"order": dump(order)} | {name: value for name, value in more.items() if value}
        answer = self._ask(Ask("POST", f"{_account(account_id)}/checks", body=body))
        if answer.code == "number-taken" and contract_number:
            return NumberTaken(contract_number)
        if answer.code:
            return _as_refused(answer)
        if contract_number and sent.find(account_id, "order", contract_number):
            return NumberTaken(contract_number)  # of an order that only we know of
        return load(Quote, answer.body.get("quote"))

    def order(self, account_id: str, contract_number: str) -> OrderState | None:
        return self._one(OrderState, "order", account_id, contract_number, sent.order_of)

    def orders(self, account_id: str, day: date) -> list[OrderState]:
        return self._day(OrderState, "order", account_id, day, sent.order_of)

    def history(self, account_id: str, first: date, last: date, page: str | None, page_size: int) -> OrderPage:
        before, name = _read_page(page)
        kept = [sent.order_of(one) for one in sent.of_days(account_id, "order", first.isoformat(), last.isoformat())]
        query = {"first": first.isoformat(), "last": last.isoformat(), "page_size": str(page_size)}
        answer = self._ask(Ask("GET", f"{_account(account_id)}/history", query | ({"page": name} if name else {})))
        if answer.code == "no-page":
            raise ValueError("That is no page of the orders: ask for one by the next_page of the page before.")
        _take(answer)
        found = load(OrderPage, answer.body)
        since = _place_in_time(found.orders[-1]) if found.orders and found.next_page else ""
        kept = [one for one in kept if since <= _place_in_time(one) and (not before or _place_in_time(one) < before)]
        return OrderPage(_merged(found.orders, kept), _page(since, found.next_page) if found.next_page else None)

    def transfer_of(self, account_id: str, number: str) -> TransferState | None:
        return self._one(TransferState, "transfer", account_id, number, sent.transfer_of)

    def transfers(self, account_id: str, day: date) -> list[TransferState]:
        return self._day(TransferState, "transfer", account_id, day, sent.transfer_of)

    def movements(self, account_id: str, first: date, last: date) -> Movements:
        days = {"first": first.isoformat(), "last": last.isoformat()}
        return load(Movements, self._get(f"{_account(account_id)}/movements", **days))

    def closing_prices(self, codes: list[str], day: date) -> dict[str, Decimal]:
        body = self._get("/closing-prices", codes=",".join(codes), day=day.isoformat())
        return load(dict[str, Decimal], body.get("prices"))

    # What is done

    def place(
        self, account_id: str, order: Order, idempotency_key: str, at: datetime
    ) -> Placed | Refusal | SpokenWarning | Unknown | None:
        number, outcome = self._once("order", account_id, order, idempotency_key, at, lambda: {"order": dump(order)})
        if isinstance(outcome, Refusal):
            return outcome
        if isinstance(outcome, Sent):
            if outcome.never_arrived:
                return NEVER_ARRIVED
            return Placed(number) if outcome.arrived else Unknown(number)
        if outcome.code == "key-reused":
            raise KeyReused(f"The key of order {number} was used again for another order: take a new key.")
        return _as_refused(outcome) if outcome.code else Placed(number)

    def cancel(
        self, account_id: str, contract_number: str, idempotency_key: str, at: datetime
    ) -> Cancelled | NotCancelled | Unknown:
        path = f"{_path(account_id, 'order', contract_number)}/cancellation"
        try:
            answer = self._ask(Ask("PUT", path, body={}, key=idempotency_key))
        except NoAnswer:
            return Unknown(contract_number)  # the order itself tells what became of it: nothing else need be kept
        if answer.code == "no-order":
            record = sent.only_here(account_id, "order", contract_number)
            return NotCancelled("not_open", sent.order_of(record).state) if record else NotCancelled("unknown")
        if answer.code in ("not-open", "no-cancel-now"):
            return load(NotCancelled, {"rule": answer.code.replace("-", "_"), "state": answer.body.get("state")})
        return load(Cancelled, _take(answer))

    def transfer(
        self,
        account_id: str,
        direction: Direction,
        amount: Decimal,
        bank_password: str,
        idempotency_key: str,
        at: datetime,
    ) -> TransferState | Refusal:
        from chalicelib.trading.sealing import seal

        what = MoneyTransfer(direction, amount)

        def body() -> dict[str, Any]:
            return {**dump(what), "bank_password": seal(bank_password, self._sealing_key)}

        _, outcome = self._once("transfer", account_id, what, idempotency_key, at, body)
        if isinstance(outcome, Sent):
            return sent.transfer_of(outcome)
        if isinstance(outcome, Refusal):
            return outcome
        return load(Refusal, outcome.body) if outcome.code else load(TransferState, outcome.body)

    def reconcile(self, at: datetime) -> Reconciled:
        """Find out what became of all that is unsettled, from the counter's books, once its call is over.

        What they have is settled. What they don't have never arrived, if it could not be taken any more by ``at``.
        Without an answer a record waits for the next run.
        """
        settings = self._settings
        over = stamp(at + timedelta(seconds=settings.window - settings.seconds))
        too_late = stamp(at - timedelta(seconds=settings.grace))
        outcomes: list[str] = []
        oldest = stamp(at)
        for record in sent.unsettled():
            if record.valid_until > over:
                break
            outcomes.append(self._settle(record, too_late, at))
            if outcomes[-1] == "waiting":
                oldest = min(oldest, record.sent_at)
        age = (at - datetime.fromisoformat(oldest)).total_seconds()
        return Reconciled(outcomes.count("found"), outcomes.count("never_arrived"), outcomes.count("waiting"), age)

    def _settle(self, record: Sent, too_late: str, at: datetime) -> str:
        kind: Any = OrderState if record.kind == "order" else TransferState
        try:
            held = self._read(kind, record.kind, record.account_id, record.number)
        except (OSError, ValueError, LookupError):
            return "waiting"
        if held is not None and held.idempotency_key == record.idempotency_key:
            sent.answered(record)
            return "found"
        return "never_arrived" if record.valid_until < too_late and sent.never_arrived(record, at) else "waiting"

    def _once(
        self,
        kind: Kind,
        account_id: str,
        content: Order | MoneyTransfer,
        key: str,
        at: datetime,
        body: Callable[[], dict[str, Any]],
    ) -> tuple[str, Answer | Sent | Refusal]:
        """Send it under the first of its numbers that no other key has. The number, and the counter's answer; or the
        record, where it is not known, or known never to have arrived; or a Refusal where nothing can have arrived."""
        from chalicelib.trading.sessions import trading_day_of

        deadline, content_of_request = self._deadline(), body()
        is_order = kind == "order"
        day = (trading_day_of(at) if is_order else business_day(at)).isoformat()
        for number in (contract_numbers if is_order else transfer_numbers)(account_id, key):
            signing = self._clock()
            valid_until = sent.valid_until(signing, self._settings.window)
            wanted = Sent(account_id, kind, number, key, content, day, stamp(signing), valid_until, 1)
            record = sent.begin(wanted)
            if record.idempotency_key != key:
                continue
            if record.never_arrived:
                return number, record
            ask = Ask("PUT", _path(account_id, kind, number), body=content_of_request, key=key)
            outcome = self._send(record, ask, signing, deadline)
            if not isinstance(outcome, Answer) or outcome.code != "number-taken":
                return number, outcome
        raise AssertionError("contract numbers never run out")

    def _send(self, record: Sent, ask: Ask, signing: datetime, deadline: float) -> Answer | Sent | Refusal:
        """Send what is recorded, and keep the record unless what became of it is certain."""
        try:
            answer = self._link.ask(ask, signing, deadline)
        except NoAnswer as nothing:
            return UNREACHABLE if not nothing.sent and sent.refused(record) else record
        if answer.code == "number-taken":
            sent.number_taken(record)
            return answer
        if not answer.code:
            if not _is_about(record, answer.body):
                return record
            sent.answered(record)
            return answer
        if not (answer.alone and sent.refused(record)):
            return record
        if answer.code in ("bad-request", "unsigned"):
            from chalicelib.platform.log import logger

            logger.error("the counter refuses our requests: check its keys and settings", code=answer.code)
            return UNREACHABLE
        if answer.code == "no-account":
            raise LookupError("There is no such trading account.")
        return answer

    # How it is read

    def _deadline(self) -> float:
        return self._link.clock() + self._settings.seconds

    def _ask(self, ask: Ask) -> Answer:
        return self._link.ask(ask, self._clock(), self._deadline())

    def _get(self, path: str, **query: str) -> dict[str, Any]:
        return _take(self._ask(Ask("GET", path, query)))

    def _read(self, state: type[T], kind: Kind, account_id: str, number: str) -> T | None:
        """As the counter's own books have it."""
        answer = self._ask(Ask("GET", _path(account_id, kind, number)))
        return None if answer.code in (f"no-{kind}", "no-account") else load(state, _take(answer))

    def _one(
        self, state: type[T], kind: Kind, account_id: str, number: str, of_record: Callable[[Sent], T]
    ) -> T | None:
        try:
            found = self._read(state, kind, account_id, number)
        except NoAnswer:
            record = sent.only_here(account_id, kind, number)
            if record is None:
                raise
            return of_record(record)
        if found is not None:
            return found
        record = sent.only_here(account_id, kind, number)
        return of_record(record) if record else None

    def _day(
        self, state: type[_STATE], kind: Kind, account_id: str, day: date, of_record: Callable[[Sent], _STATE]
    ) -> list[_STATE]:
        # Our records first: what arrives, and is answered, in between is then in the counter's list.
        kept = [of_record(record) for record in sent.of_days(account_id, kind, day.isoformat(), day.isoformat())]
        body = self._get(f"{_account(account_id)}/{kind}s", day=day.isoformat())
        return _merged(load(list[state], body.get(f"{kind}s")), kept)  # type: ignore[valid-type]


def _account(account_id: str) -> str:
    return f"/accounts/{part(account_id)}"


def _path(account_id: str, kind: Kind, number: str) -> str:
    return f"{_account(account_id)}/{kind}s/{part(number)}"


def _is_about(record: Sent, body: dict[str, Any]) -> bool:
    """Whether the counter says that it has this order or this transfer; something else in between may answer too."""
    try:
        if record.kind == "order":
            return load(Placed, body).contract_number == record.number
        return load(TransferState, body).number == record.number
    except ValueError:
        return False


def _take(answer: Answer) -> dict[str, Any]:
    """The body of an answer that is no problem. LookupError for no account, PermissionError for keys that don't fit."""
    if not answer.code:
        return answer.body
    if answer.code == "no-account":
        raise LookupError("There is no such trading account.")
    if answer.code == "unsigned":
        raise PermissionError("The counter refuses our signature: check the signing key and the clock.")
    raise ValueError(f"The counter answers {answer.code} where the contract has no such answer.")


def _as_refused(answer: Answer) -> Refusal | SpokenWarning | None:
    """What a problem says of an order."""
    if answer.code == "unknown-security":
        return None
    if answer.code == "refused":
        return load(Refusal, answer.body)
    return load(SpokenWarning, answer.body if answer.code == "warning" else _take(answer))


def _number(state: OrderState | TransferState) -> str:
    return state.contract_number if isinstance(state, OrderState) else state.number


def _place_in_time(state: OrderState | TransferState) -> str:
    return f"{state.day}#{state.placed_at if isinstance(state, OrderState) else state.requested_at}"


def _merged(found: list[_STATE], kept: list[_STATE]) -> list[_STATE]:
    """The counter's list with what only we know of, the newest first. What the counter has it knows better."""
    if not kept:
        return found
    known = {_number(state) for state in found}
    return sorted([*found, *(one for one in kept if _number(one) not in known)], key=_place_in_time, reverse=True)


def _page(since: str, name: str) -> str:
    """The next page's name: the counter's own, and from what time on orders have been shown."""
    import json

    return json.dumps([since, name])


def _read_page(page: str | None) -> tuple[str, str]:
    import json

    if page is None:
        return "", ""
    try:
        names = json.loads(page)
    except ValueError:
        names = None
    if not (isinstance(names, list) and len(names) == 2 and all(isinstance(name, str) for name in names)):
        raise ValueError("That is no page of the orders: ask for one by the next_page of the page before.")
    return cast("tuple[str, str]", tuple(names))
