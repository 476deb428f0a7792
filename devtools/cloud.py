"""The local cloud: ministack, in an environment and a process group of its own, on 127.0.0.1 alone.

All it keeps lies in one folder: state/ and s3/ (its data), tmp/ (the unpacked functions), cloud.log, cloud.pid,
cloud.lock.
"""

from __future__ import annotations

import fcntl
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from devtools.paths import CLOUD_PYTHON
from devtools.problem import Problem
from devtools.stage import DEFAULT_REGION
from localconnect.cli import serve

HOST = serve.HOST
SECONDS_TO_START = 60.0
SECONDS_TO_STOP = 15.0
DATA = ("state", "s3", "cloud.log")

# The child asks Linux for SIGTERM when its parent dies, however that dies, so that it still saves its state. It takes
# events of the source aws.connect from outside: Amazon Connect is outside here. And whoever may send a message may send
# ten at once, as in AWS (Amazon SQS API reference, AddPermission): ministack asks for an action that IAM does not have.
CHILD = """
import ctypes, functools, runpy, signal, sys
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)
from ministack.core import iam_actions
from ministack.services import eventbridge
eventbridge._put_events = functools.partial(eventbridge._put_events, allow_aws_source=True)
named = iam_actions._action_from_target
def allowed_by(headers):
    action = named(headers)
    is_sqs = headers.get("x-amz-target", "").startswith("AmazonSQS.")
    return action.removesuffix("Batch") if is_sqs else action
iam_actions._action_from_target = allowed_by
runpy.run_module("ministack", run_name="__main__")
"""


@contextmanager
def running(home: Path, port: int, region: str = DEFAULT_REGION) -> Iterator[str]:
    """Start the local cloud with its data in `home`, give its endpoint, and stop it at the end with its state saved.

    Raises Problem when the port is in use or the cloud doesn't start.
    """
    with _alone(home):
        _stop_leftover(home)
        check_free(port)
        (home / "tmp").mkdir()
        with (home / "cloud.log").open("wb") as log:
            process = subprocess.Popen(
                [CLOUD_PYTHON, "-c", CHILD],
                env=_environment(home, port, region),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches the parent alone, which then stops the cloud in order
            )
        try:
            (home / "cloud.pid").write_text(str(process.pid))
            _wait_until_ready(process, port, home / "cloud.log")
            yield f"http://{HOST}:{port}"
        finally:
            _stop(process)
            _clear(home)


def reset(home: Path) -> None:
    """Delete the cloud's data. Raises Problem while it runs."""
    with _alone(home):
        _stop_leftover(home)
        for name in DATA:
            path = home / name
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Hold the lock on `home`, which the system takes away from a process that dies. Raises Problem when it is held."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "cloud.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Problem("The line is running already: end it first (Ctrl-C where make run is).") from error
        yield


def _stop_leftover(home: Path) -> None:
    """Stop the cloud that a killed run left behind where the system did not, so that its data is saved."""
    give_up = time.monotonic() + SECONDS_TO_STOP
    while pid := running_pid(home):
        os.kill(pid, signal.SIGTERM if time.monotonic() < give_up else signal.SIGKILL)
        time.sleep(0.1)
    _clear(home)


def _clear(home: Path) -> None:
    (home / "cloud.pid").unlink(missing_ok=True)
    shutil.rmtree(home / "tmp", ignore_errors=True)


def running_pid(home: Path) -> int | None:
    """The process of the cloud whose data is in `home`; None when it doesn't run."""
    try:
        pid = int((home / "cloud.pid").read_text())
    except (FileNotFoundError, ValueError):
        return None
    # The number may have gone to another process since.
    return pid if "ministack" in _command_line(pid) else None


def answers(endpoint: str) -> bool:
    """Whether a local cloud is ready there."""
    connection = http.client.HTTPConnection(endpoint.removeprefix("http://"), timeout=2)
    try:
        connection.request("GET", "/_ministack/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def check_free(port: int) -> None:
    """Raise Problem when something listens on the port."""
    listen(port).close()


def listen(port: int) -> socket.socket:
    """A socket bound to the port on 127.0.0.1. Raises Problem when the port is in use."""
    return serve.listen(port, "move the line, as in BROKERLINE_PORT=9900 make run")


def free_port() -> int:
    """A port that nothing listens on at the moment."""
    with listen(0) as bound:
        port: int = bound.getsockname()[1]
        return port


def _environment(home: Path, port: int, region: str) -> dict[str, str]:
    # The functions inherit it: no proxy must stand between them and the cloud, nor settings of the real AWS reach them.
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.upper().startswith("AWS_") and not name.upper().endswith("_PROXY")
    }
    return own | {
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(port),
        "MINISTACK_REGION": region,
        "AUTH": "true",  # each function may do what its own role says, and no more
        "PERSIST_STATE": "1",
        "STATE_DIR": str(home / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(home / "s3"),
        "TMPDIR": str(home / "tmp"),
        "PYTHONDONTWRITEBYTECODE": "",  # it has three hundred modules: compiling them anew takes seconds
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
    }


def _wait_until_ready(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    give_up = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < give_up:
        if process.poll() is not None:
            break
        if answers(f"http://{HOST}:{port}"):
            return
        time.sleep(0.05)
    raise Problem(f"The local cloud did not start: read {log}.")


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS_TO_STOP)
    # The functions' processes are in its group: none may outlive it.
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _command_line(pid: int) -> str:
    if sys.platform == "linux":
        with suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        return ""
    return subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
