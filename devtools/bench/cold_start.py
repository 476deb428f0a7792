"""CPU time of a cold start of the packed ivr function, import and first call, beside a bare function's.

Each is a new process that sees nothing but what was packed. They run in turns, so that a machine that is faster at one
moment than at another is so for both, and the median of the runs counts.
"""

import json
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from statistics import median

from devtools import package, secrets
from devtools.bench.row import Row, row
from devtools.function_environment import environment
from devtools.line import Line
from localconnect.encryption import encrypt

RUNS = 15

BARE_READ = """
import os, boto3
boto3.client("dynamodb").get_item(TableName=os.environ["SECURITIES_TABLE"], Key={"code": {"S": "601398"}})
"""

BARE_OPEN = """
import base64, os, boto3
from aws_encryption_sdk import CommitmentPolicy, EncryptionSDKClient
from aws_encryption_sdk.identifiers import EncryptionKeyType, WrappingAlgorithm
from aws_encryption_sdk.key_providers.raw import RawMasterKey, WrappingKey
ssm = boto3.client("ssm")
ssm.get_parameter(Name=os.environ["PEPPER_PARAMETER"], WithDecryption=True)
pem = ssm.get_parameter(Name=os.environ["INPUT_KEY_PARAMETER"], WithDecryption=True)["Parameter"]["Value"]
key = WrappingKey(wrapping_algorithm=WrappingAlgorithm.RSA_OAEP_SHA512_MGF1, wrapping_key=pem.encode(),
                  wrapping_key_type=EncryptionKeyType.PRIVATE)
key = RawMasterKey(key_id="bench", provider_id="AmazonConnect", wrapping_key=key)
client = EncryptionSDKClient(commitment_policy=CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT)
client.decrypt(source=base64.b64decode(SEALED), key_provider=key)
"""

IVR = """
from app import app
from chalicelib.voice import ivr
data = {"ContactId": "bench", "Attributes": {}}
ivr({"Details": {"ContactData": data, "Parameters": PARAMETERS}}, None)
"""

CLOCK = "\nimport sys, time; print('cpu', time.process_time(), file=sys.stderr)"


def cold_starts(line: Line) -> list[Row]:
    """A first call that reads one item, and one that opens sealed input."""
    sealed = encrypt("60001234", "bench", secrets.ensure(line.stage.ssm, line.stage.name).certificate)
    find = {"Operation": "find_security", "Code": "601398"}
    read = {"Operation": "read_account", "AccountNumber": sealed}
    with tempfile.TemporaryDirectory() as folder:
        paths = _unpack(Path(folder))
        env = environment(line.stage, line.outputs)
        return [
            _compare("cold start, first call find_security", paths, env, _ivr(find), BARE_READ, "ratio <= 1.2"),
            _compare(
                "cold start, first call read_account", paths, env, _ivr(read), BARE_OPEN.replace("SEALED", repr(sealed))
            ),
        ]


def _ivr(parameters: dict[str, str]) -> str:
    return IVR.replace("PARAMETERS", json.dumps(parameters))


def _unpack(folder: Path) -> list[str]:
    """What the function finds on its path."""
    for archive in package.build(for_this_machine=True).archives():
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder)
    layers = sorted(str(path) for path in folder.glob("python/lib/*/site-packages"))
    return [str(folder), *layers, str(folder / "python")]


def _compare(name: str, paths: list[str], env: dict[str, str], ours: str, bare: str, goal: str = "") -> Row:
    times: dict[str, list[float]] = {ours: [], bare: []}
    for script in (ours, bare):
        _cpu_seconds(paths, env, script)  # once beforehand, so that both find their modules compiled
    for _ in range(RUNS):
        for script, seconds in times.items():
            seconds.append(_cpu_seconds(paths, env, script))
    return row(f"ivr {name}", median(times[ours]) * 1000, median(times[bare]) * 1000, "CPU ms", goal)


def _cpu_seconds(paths: list[str], env: dict[str, str], script: str) -> float:
    """CPU seconds of a new interpreter that sees the standard library and ``paths``."""
    whole = f"import sys; sys.path[:0] = {paths!r}\n{script}{CLOCK}"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", whole], env=env, capture_output=True, text=True, check=True
    )
    return float(done.stderr.rpartition("cpu ")[2])
