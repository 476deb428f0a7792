import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from devtools import cloud
from devtools.problem import Problem


def test_a_port_in_use_is_named_in_one_sentence() -> None:
    with cloud.listen(0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Problem, match=rf"^Port {port} is in use: .*BROKERLINE_PORT=9900 make run\.$"):
            cloud.check_free(port)


def test_listens_on_this_machine_alone() -> None:
    with cloud.listen(0) as bound:
        assert bound.getsockname()[0] == "127.0.0.1"


def test_a_free_port_can_be_taken() -> None:
    port = cloud.free_port()
    with cloud.listen(port) as bound, socket.create_connection(("127.0.0.1", port), timeout=1):
        assert bound.getsockname()[1] == port


def test_a_pid_that_went_to_another_process_is_not_the_cloud(tmp_path: Path) -> None:
    (tmp_path / "cloud.pid").write_text(str(os.getppid()))
    assert cloud.running_pid(tmp_path) is None
    cloud.reset(tmp_path)  # must not end this test's parent
    assert not (tmp_path / "cloud.pid").exists()


def test_a_cloud_left_behind_is_stopped(tmp_path: Path) -> None:
    left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", "ministack"])
    (tmp_path / "cloud.pid").write_text(str(left.pid))
    reaper = threading.Thread(target=left.wait, daemon=True)
    reaper.start()

    cloud.reset(tmp_path)

    reaper.join(5)
    assert left.returncode == -signal.SIGTERM
    assert cloud.running_pid(tmp_path) is None


def test_data_in_use_is_neither_reset_nor_used_by_a_second_cloud(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    with cloud._alone(tmp_path):
        with pytest.raises(Problem, match="is running already"):
            cloud.reset(tmp_path)
        with pytest.raises(Problem, match="is running already"), cloud.running(tmp_path, cloud.free_port()):
            pass
    assert (tmp_path / "state").exists()


def test_a_cloud_that_does_not_start_is_told_with_its_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cloud, "CHILD", "raise SystemExit('no ministack')")
    monkeypatch.setattr(cloud, "CLOUD_PYTHON", sys.executable)
    with pytest.raises(Problem, match=r"did not start: read .*cloud\.log"), cloud.running(tmp_path, cloud.free_port()):
        pass
    assert "no ministack" in (tmp_path / "cloud.log").read_text()


def test_reset_deletes_the_data_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / "dynamodb.json").touch()
    (tmp_path / "cloud.log").touch()
    (tmp_path / "package").mkdir()

    cloud.reset(tmp_path)

    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == ["package"]


def test_functions_see_neither_proxies_nor_settings_of_aws(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv("AWS_PROFILE", "work")
    given = cloud._environment(tmp_path, 8801, "ap-southeast-1")
    assert "https_proxy" not in given
    assert "AWS_PROFILE" not in given
    assert given["BIND_HOST"] == "127.0.0.1"
