"""The way to the gateway over real sockets: strangers get nothing, and nobody is waited for long."""

from __future__ import annotations

import os
import socket
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import urllib3

from chalicelib.trading.link import NotSent
from chalicelib.trading.tls import over_tls
from devtools.gateway_keys import GatewayKeys, kept_in, new_keys, unseal
from devtools.gateway_server import Gateway, serving

from .gateways import Clock, keys


class Pinged(Gateway):
    """A gateway that only counts who reaches it; ``stop`` holds its answers back."""

    def __init__(self) -> None:
        super().__init__(None, keys())  # type: ignore[arg-type]
        self.reached: list[str] = []
        self.go = threading.Event()
        self.go.set()

    def answer(self, method: str, target: str, headers: Any, body: bytes) -> tuple[int, dict[str, Any]]:
        self.reached.append(f"{method} {target} {body.decode()}")
        assert self.go.wait(20)
        return 200, {}


@pytest.fixture
def gateway() -> Pinged:
    return Pinged()


@pytest.fixture
def url(gateway: Pinged) -> Iterator[str]:
    with serving(gateway) as url:
        yield url
        gateway.go.set()


def ask(url: str, keys: GatewayKeys, seconds: float = 5) -> tuple[int, bytes]:
    transport = over_tls(url, keys.client, keys.client_private, keys.authority)
    return transport("PUT", "/x?y=1", {"Content-Type": "application/json"}, b"{}", seconds)


def test_both_sides_know_each_other(url: str, gateway: Pinged) -> None:
    assert ask(url, keys()) == (200, b"{}")
    assert gateway.reached == ["PUT /x?y=1 {}"]


def test_a_client_that_another_authority_vouches_for_reaches_nothing(url: str, gateway: Pinged) -> None:
    stranger = new_keys()
    with pytest.raises(OSError, match="broke off"):
        ask(url, replace(keys(), client=stranger.client, client_private=stranger.client_private))
    assert gateway.reached == []


def test_a_gateway_that_another_authority_vouches_for_is_told_nothing(url: str, gateway: Pinged) -> None:
    with pytest.raises(OSError, match="broke off"):
        ask(url, replace(keys(), authority=new_keys().authority))
    assert gateway.reached == []


def test_a_gateway_of_another_name_is_told_nothing(url: str, gateway: Pinged) -> None:
    with pytest.raises(OSError, match="broke off"):
        ask(url.replace("127.0.0.1", "localhost"), keys())
    assert gateway.reached == []


def test_where_nobody_listens_nothing_is_sent() -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        url = f"https://127.0.0.1:{listening.getsockname()[1]}"
    with pytest.raises(NotSent):
        ask(url, keys())


def test_an_answer_that_does_not_come_in_time_is_not_waited_for(url: str, gateway: Pinged) -> None:
    gateway.go.clear()
    with pytest.raises(OSError, match="broke off") as raised:
        ask(url, keys(), seconds=0.3)
    assert not isinstance(raised.value, NotSent)
    assert gateway.reached  # and so nobody can say that nothing was done


def test_a_connection_serves_many_requests(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Any] = []
    connect = urllib3.util.connection.create_connection
    transport = over_tls(url, keys().client, keys().client_private, keys().authority)

    def counted(address: Any, *more: Any, **options: Any) -> socket.socket:
        made.append(address)
        return connect(address, *more, **options)

    monkeypatch.setattr("urllib3.util.connection.create_connection", counted)
    for _ in range(3):
        assert transport("GET", "/", {}, b"", 5) == (200, b"{}")
    assert len(made) == 1


@contextmanager
def saying(answer: bytes) -> Iterator[str]:
    """A gateway that says these bytes, whatever it is asked, and hangs up."""

    with serving(Pinged()) as url, pytest.MonkeyPatch.context() as patch:

        def _answer(handler: Any) -> None:
            handler.rfile.read(int(handler.headers["Content-Length"]))
            handler.wfile.write(answer)
            handler.close_connection = True

        patch.setattr("devtools.gateway_server._Handler._answer", _answer)
        yield url


@pytest.mark.parametrize(
    "answer", [b"", b"no HTTP at all\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort"]
)
def test_half_an_answer_is_none(answer: bytes) -> None:
    with saying(answer) as url, pytest.raises(OSError, match="broke off"):
        ask(url, keys())


def test_an_answer_too_long_to_be_one_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chalicelib.trading.tls._LARGEST", 10)
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n01234567890"
    with saying(answer) as url, pytest.raises(OSError, match="too long"):
        ask(url, keys())


def test_only_https_is_an_address() -> None:
    with pytest.raises(ValueError, match="https://"):
        ask("http://127.0.0.1:1", keys())


def test_the_key_is_in_no_file_afterwards(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    ask(url, keys())
    assert list(tmp_path.iterdir()) == []


def test_keys_are_made_once_and_only_their_owner_may_read_them(tmp_path: Path) -> None:
    folder = tmp_path / "gateway"
    made = kept_in(folder)
    assert kept_in(folder) == made
    assert {stat.S_IMODE(os.stat(file).st_mode) for file in folder.iterdir()} == {0o600}
    for secret in (made.signing, made.client_private, made.server_private, made.sealing_private):
        assert secret not in repr(made)


def test_keys_that_a_firm_gave_are_left_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "signing.txt").write_text("agreed with the gateway")
    found = kept_in(tmp_path)
    assert (found.signing, found.server_private, found.sealing_private) == ("agreed with the gateway", "", "")
    assert [file.name for file in tmp_path.iterdir()] == ["signing.txt"]


def test_only_the_gateway_reads_a_sealed_password() -> None:
    from chalicelib.trading.sealing import seal

    sealed = {seal("864209", keys().sealing) for _ in range(2)}
    assert len(sealed) == 2
    for one in sealed:
        assert "864209" not in one
        assert unseal(one, keys().sealing_private) == "864209"
        with pytest.raises(ValueError, match="another key"):
            unseal(one, new_keys().sealing_private)
        with pytest.raises(ValueError, match="five parts"):
            unseal(one.rpartition(".")[0], keys().sealing_private)


def test_the_gateway_takes_nothing_that_is_not_signed() -> None:
    gateway = Gateway(None, keys(), clock=Clock())  # type: ignore[arg-type]
    status, body = gateway.answer("GET", "/accounts/A-1", {}, b"")
    assert (status, body["code"]) == (401, "unsigned")
