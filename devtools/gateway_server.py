"""A gateway as docs/counter.openapi.yaml has it, over any Counter: to practise on, and what the contract's tests run
against. It speaks HTTP over mutual TLS; :meth:`Gateway.answer` is all of it but the sockets.
"""

from __future__ import annotations

import json
import re
import ssl
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

from chalicelib.platform.clock import now
from chalicelib.platform.signing import Unsigned, verify
from chalicelib.trading.counter import Cancelled, Counter, KeyReused, NotCancelled, NumberTaken, Placed
from chalicelib.trading.link import PREFIX
from chalicelib.trading.rules import Order, Quote, Refusal
from chalicelib.trading.sent import MoneyTransfer
from chalicelib.trading.suitability import SpokenWarning
from chalicelib.trading.wire import dump, load
from devtools.gateway_keys import GatewayKeys, kept_in, unseal

Body = dict[str, Any]
T = TypeVar("T")
LARGEST = 1_000_000
"""Bytes of a request."""


class Refused(Exception):
    """A problem: its status, its code, and what else it says."""

    def __init__(self, status: int, code: str, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.body = {"type": "about:blank", "status": status, "code": code, "detail": detail} | more


class Gateway:
    """Answers the contract's requests from `counter`. `window`: seconds for which a signed request is good."""

    def __init__(
        self, counter: Counter, keys: GatewayKeys, *, window: int = 30, clock: Callable[[], datetime] = now
    ) -> None:
        self.counter, self.keys, self.window, self.clock = counter, keys, window, clock
        # One order or transfer at a time, so that nobody takes a number between our look at it and its use.
        self._one_at_a_time = threading.Lock()

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> tuple[int, Body]:
        """The status and the JSON of the answer to one request."""
        try:
            verify(
                [self.keys.signing.encode()], method, target, body, headers, self.clock(), self.window, prefix=PREFIX
            )
            given = {name.lower(): value for name, value in headers.items()}
            return self._route(method, target, unquote(given.get("idempotency-key", "")), body)
        except Unsigned as error:
            return 401, Refused(401, "unsigned", str(error)).body
        except Refused as problem:
            return problem.status, problem.body
        except Exception as error:
            # Not a 4xx: nobody can say how far it came, and the caller must find out.
            return 500, Refused(500, "failed", f"The gateway failed: {type(error).__name__}.").body

    def _route(self, method: str, target: str, key: str, raw: bytes) -> tuple[int, Body]:
        url = urlsplit(target)
        query = dict(parse_qsl(url.query))
        for wanted, pattern, answer in ROUTES:
            if found := re.fullmatch(pattern, url.path):
                if wanted != method:
                    continue
                parts = [unquote(part) for part in found.groups()]
                if method == "PUT" and not key:
                    raise Refused(400, "bad-request", "A PUT needs an Idempotency-Key.")
                return answer(self, *parts, query=query, body=_parsed(lambda: json.loads(raw)) if raw else {}, key=key)
        raise Refused(404, "bad-request", "There is no such operation in this contract.")

    def _quotes(self, *, query: Body, body: Body, key: str) -> tuple[int, Body]:
        return 200, {"quotes": dump(list(self.counter.quotes(_codes(query)).values()))}

    def _closing_prices(self, *, query: Body, body: Body, key: str) -> tuple[int, Body]:
        return 200, {"prices": dump(self.counter.closing_prices(_codes(query), _day(query, "day")))}

    def _account(self, account: str, *, query: Body, body: Body, key: str) -> tuple[int, Body]:
        funds, holdings = _of_account(lambda: self.counter.account(account))
        return 200, {"funds": dump(funds), "holdings": dump(holdings)}

    def _check(self, account: str, *, query: Body, body: Body, key: str) -> tuple[int, Body]:
        order = _parsed(lambda: load(Order, body["order"]))
        old = self.counter.order(account, body["instead_of"]) if "instead_of" in body else None
        number = body.get("contract_number")
        checked = _passed(_of_account(lambda: self.counter.check(account, order, self.clock(), number, old)))
        assert isinstance(checked, Quote)
        return 200, {"quote": dump(checked)}

    def _place(self, account: str, number: str, *, query: Body, body: Body, key: str) -> tuple[int, Body]:
        order = _parsed(lambda: load(Order, body["order"]))
        with self._one_at_a_time:
            held = self.counter.order(account, number)
            if held and held.idempotency_key != key:
                raise Refused(409, "number-taken", "Another order of the account has this number: take the next.")
            try:
                placed = _passed(_of_account(lambda: self.counter.place(account, order, key, self.clock())))
            except KeyReused as error:
                raise Refused(409, "key-reused", str(error)) from error
        assert isinstance(placed, Placed)
        if placed.contract_number != number:
            raise Refused(409, "number-taken", "The order has another number, which its key gives: ask for that.")
        return 200, dump(placed)

    def _order(self, account: str, number: str, *, query: Body, body: Body, key: str) -> tuple[int, Body]:
        held = self.counter.order(account, number)
        if held is None:
            raise Refused(404, "no-order", "The account has no order of this number.")
        return 200, dump(held)

    def _cancel(self, account: str, number: str, *, query: Body, body: Body, key: str) -> tuple[int, Body]:
        done = self.counter.cancel(account, number, key, self.clock())
        if isinstance(done, NotCancelled):
            if done.rule == "unknown":
                raise Refused(404, "no-order", "The account has no order of this number.")
            code = done.rule.replace("_", "-")
            raise Refused(409, code, "The order cannot be cancelled.", state=done.state)
        assert isinstance(done, Cancelled)
        return 200, dump(done)

    def _orders(self, account: str, *, query: Body, body: Body, key: str) -> tuple[int, Body]:
        return 200, {"orders": dump(self.counter.orders(account, _day(query, "day")))}

    def _history(self, account: str, *, query: Body, body: Body, key: str) -> tuple[int, Body]:
        first, last = _days(query)
        size = _parsed(lambda: int(query["page_size"]))
        try:
            page = self.counter.history(account, first, last, query.get("page"), size)
        except ValueError as error:
            raise Refused(400, "no-page", str(error)) from error
        return 200, dump(page)

    def _transfer(self, account: str, number: str, *, query: Body, body: Body, key: str) -> tuple[int, Body]:
        what = _parsed(lambda: load(MoneyTransfer, {name: body[name] for name in MoneyTransfer._fields}))
        password = _parsed(lambda: unseal(body["bank_password"], self.keys.sealing_private))
        with self._one_at_a_time:
            held = self.counter.transfer_of(account, number)
            if held and held.idempotency_key != key:
                raise Refused(409, "number-taken", "Another transfer of the account has this number: take the next.")
            moved = _of_account(
                lambda: self.counter.transfer(account, what.direction, what.amount, password, key, self.clock())
            )
        if isinstance(moved, Refusal):
            raise Refused(422, "refused", "The transfer is not allowed.", **dump(moved))
        if moved.number != number:
            raise Refused(409, "number-taken", "The transfer has another number, which its key gives: ask for that.")
        return 200, dump(moved)

    def _transfer_of(self, account: str, number: str, *, query: Body, body: Body, key: str) -> tuple[int, Body]:
        held = self.counter.transfer_of(account, number)
        if held is None:
            raise Refused(404, "no-transfer", "The account has no transfer of this number.")
        return 200, dump(held)

    def _transfers(self, account: str, *, query: Body, body: Body, key: str) -> tuple[int, Body]:
        return 200, {"transfers": dump(self.counter.transfers(account, _day(query, "day")))}

    def _movements(self, account: str, *, query: Body, body: Body, key: str) -> tuple[int, Body]:
        return 200, dump(_of_account(lambda: self.counter.movements(account, *_days(query))))


ROUTES: tuple[tuple[str, str, Callable[..., tuple[int, Body]]], ...] = (
    ("GET", "/quotes", Gateway._quotes),
    ("GET", "/closing-prices", Gateway._closing_prices),
    ("GET", "/accounts/([^/]+)", Gateway._account),
    ("POST", "/accounts/([^/]+)/checks", Gateway._check),
    ("GET", "/accounts/([^/]+)/orders", Gateway._orders),
    ("GET", "/accounts/([^/]+)/history", Gateway._history),
    ("PUT", "/accounts/([^/]+)/orders/([0-9]+)", Gateway._place),
    ("GET", "/accounts/([^/]+)/orders/([0-9]+)", Gateway._order),
    ("PUT", "/accounts/([^/]+)/orders/([0-9]+)/cancellation", Gateway._cancel),
    ("GET", "/accounts/([^/]+)/transfers", Gateway._transfers),
    ("PUT", "/accounts/([^/]+)/transfers/([0-9]+)", Gateway._transfer),
    ("GET", "/accounts/([^/]+)/transfers/([0-9]+)", Gateway._transfer_of),
    ("GET", "/accounts/([^/]+)/movements", Gateway._movements),
)


def _codes(query: Body) -> list[str]:
    return [code for code in query.get("codes", "").split(",") if code]


def _days(query: Body) -> tuple[date, date]:
    return _day(query, "first"), _day(query, "last")


def _day(query: Body, name: str) -> date:
    return _parsed(lambda: date.fromisoformat(query[name]))


def _parsed(read: Callable[[], T]) -> T:
    """What is read of a request. Nothing has been done yet: what cannot be read is the asker's fault."""
    try:
        return read()
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Refused(400, "bad-request", f"That is no request of this contract: {error}") from error


def _of_account(ask: Callable[[], T]) -> T:
    try:
        return ask()
    except LookupError as error:
        if type(error) is not LookupError:
            raise
        raise Refused(404, "no-account", str(error)) from error


def _passed(outcome: Any) -> Any:
    """What the rules let through; the problem that it is otherwise."""
    if outcome is None:
        raise Refused(422, "unknown-security", "There is no security of this code.")
    if isinstance(outcome, NumberTaken):
        raise Refused(409, "number-taken", "Another order of the account has this number: take the next.")
    if isinstance(outcome, (Refusal, SpokenWarning)):
        code = "refused" if isinstance(outcome, Refusal) else "warning"
        raise Refused(422, code, "The order is not taken as it is.", **dump(outcome))
    return outcome


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, gateway: Gateway, *args: Any) -> None:
        self.gateway = gateway
        super().__init__(*args)

    def do_GET(self) -> None:
        self._answer()

    def do_PUT(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def _answer(self) -> None:
        size = int(self.headers.get("Content-Length") or 0)
        if not 0 <= size <= LARGEST:
            self.close_connection = True
            status, body = 413, Refused(413, "bad-request", "The request is too long.").body
        else:
            status, body = self.gateway.answer(self.command, self.path, dict(self.headers), self.rfile.read(size))
        raw = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", f"application/{'json' if status < 400 else 'problem+json'}")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: requests hold a customer's figures."""


@contextmanager
def serving(gateway: Gateway, host: str = "127.0.0.1", port: int = 0) -> Iterator[str]:
    """Serve it over mutual TLS while the block lasts; gives its address. Port 0: any that is free."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(cadata=gateway.keys.authority)
    with gateway.keys.server_file() as path:
        context.load_cert_chain(path)
    server = _TlsServer((host, port), partial(_Handler, gateway))
    server.context = context
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"https://{host}:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _TlsServer(ThreadingHTTPServer):
    """Shakes hands in the connection's own thread, so that nobody who is slow at it keeps the others waiting."""

    daemon_threads = True
    block_on_close = False
    context: ssl.SSLContext

    def finish_request(self, request: Any, client_address: Any) -> None:
        request.settimeout(30)
        with self.context.wrap_socket(request, server_side=True) as secured:
            super().finish_request(secured, client_address)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke off, or showed no certificate of ours, is its caller's affair."""


def main(folder: str, port: str) -> None:
    """Serve the embedded counter with the keys of a folder, print the address, and go on until the process is ended."""
    from chalicelib.trading.embedded import EmbeddedCounter
    from chalicelib.trading.embedded_bank import EmbeddedBank

    gateway = Gateway(EmbeddedCounter(EmbeddedBank()), kept_in(Path(folder)))
    with serving(gateway, port=int(port)) as url:
        print(url, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
