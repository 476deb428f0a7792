"""Packs the functions with Chalice and uploads what CloudFormation needs to find.

The archives are reproducible (sorted entries, one date), and are uploaded under a hash of their content: an unchanged
tree gives an unchanged template, and CloudFormation then has nothing to change.

Dependencies go into a layer of their own (Chalice's `automatic_layer`), so that a change of code alone neither
downloads nor uploads them again.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import yaml
from botocore.exceptions import ClientError

from devtools.paths import PACKAGE_CACHE, ROOT
from devtools.problem import Problem
from devtools.stage import Stage
from localconnect.template import load

SOURCES = ("app.py", "chalicelib", "vendor", "requirements.txt", ".chalice", "infra/app.yaml")
TEMPLATE = "sam.yaml"
CODE = "deployment.zip"
LAYER = "layer-deployment.zip"
# The AWS services that the policies of the functions name. botocore describes four hundred more, which no function may
# call and which are two thirds of the layer.
SERVICES = ("dynamodb", "logs", "s3", "scheduler", "sesv2", "sns", "sqs", "ssm")
# How Chalice says that pip did not get a package.
NOT_DOWNLOADED = ("NoSuchPackageError", "PackageDownloadError", "Could not install dependencies")
# The first moment that a zip archive can hold.
EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Package:
    """What `chalice package` made: a folder with the template and the archives that it names."""

    folder: Path

    def template(self) -> dict[str, Any]:
        loaded: dict[str, Any] = yaml.safe_load((self.folder / TEMPLATE).read_text())
        return loaded

    def archives(self) -> list[Path]:
        return sorted(self.folder.glob("*.zip"))


def build(*, for_this_machine: bool = False, root: Path = ROOT, cache: Path = PACKAGE_CACHE) -> Package:
    """Pack the functions, or return the last package when nothing that goes into it has changed.

    `for_this_machine`: the functions will run on this machine and not in Lambda. On a machine that is not x86-64 Linux
    the layer then holds this machine's own wheels, as Lambda's can't be loaded here.
    Raises Problem when the template, app.py or a dependency can't be packed.
    """
    own_wheels = for_this_machine and not _runs_lambda_wheels()
    folder = cache / ("host" if own_wheels else "lambda")
    key = fingerprint(root)
    stamp = folder / "fingerprint"
    if stamp.exists() and stamp.read_text() == key:
        return Package(folder)
    with tempfile.TemporaryDirectory() as made:
        _chalice(root, Path(made))
        if not _same_text(Path(made, TEMPLATE), folder / TEMPLATE):
            _check(Path(made, TEMPLATE))
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        shutil.copy(Path(made, TEMPLATE), folder / TEMPLATE)
        _repack(Path(made, CODE), folder / CODE)
        if own_wheels:
            _layer_of_this_machine(root, folder / LAYER)
        elif Path(made, LAYER).exists():
            _repack(Path(made, LAYER), folder / LAYER)
    stamp.write_text(key)
    return Package(folder)


def fingerprint(root: Path) -> str:
    """A hash of everything that goes into a package."""
    digest = hashlib.sha256(f"{sys.version_info[:2]} chalice {version('chalice')} {SERVICES}".encode())
    for path in _source_files(root):
        digest.update(f"\0{path.relative_to(root)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def upload(stage: Stage, package: Package) -> str:
    """Upload the archives and the template that refers to them; return the template's URL."""
    ensure_bucket(stage)
    template = package.template()
    for archive in package.archives():
        key = f"{hashlib.sha256(archive.read_bytes()).hexdigest()}.zip"
        if not _is_there(stage, key):
            stage.s3.upload_file(str(archive), stage.bucket, key)
        _point(template, f"./{archive.name}", f"s3://{stage.bucket}/{key}")
    return upload_template(stage, yaml.safe_dump(template, sort_keys=True))


def upload_template(stage: Stage, text: str) -> str:
    """Upload a template under a hash of its text; return its URL. (In a request it could be 51,200 bytes at most.)"""
    ensure_bucket(stage)
    key = f"{hashlib.sha256(text.encode()).hexdigest()}.yaml"
    stage.s3.put_object(Bucket=stage.bucket, Key=key, Body=text.encode())
    if stage.endpoint:
        return f"{stage.endpoint}/{stage.bucket}/{key}"
    return f"https://{stage.bucket}.s3.{stage.region}.amazonaws.com/{key}"


def ensure_bucket(stage: Stage) -> None:
    """Make the stage's bucket when it is missing: encrypted, closed to the public."""
    try:
        stage.s3.head_bucket(Bucket=stage.bucket)
        return
    except ClientError as error:
        if error.response["Error"]["Code"] not in ("404", "NoSuchBucket"):
            raise
    if stage.region == "us-east-1":  # the one region that may not be named here
        stage.s3.create_bucket(Bucket=stage.bucket)
    else:
        stage.s3.create_bucket(
            Bucket=stage.bucket,
            CreateBucketConfiguration={"LocationConstraint": stage.region},  # type: ignore[typeddict-item]
        )
    stage.s3.put_public_access_block(
        Bucket=stage.bucket,
        PublicAccessBlockConfiguration={
            "BlockPublicAcls": True,
            "IgnorePublicAcls": True,
            "BlockPublicPolicy": True,
            "RestrictPublicBuckets": True,
        },
    )
    stage.s3.put_bucket_encryption(
        Bucket=stage.bucket,
        ServerSideEncryptionConfiguration={
            "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
        },
    )


def _is_there(stage: Stage, key: str) -> bool:
    try:
        stage.s3.head_object(Bucket=stage.bucket, Key=key)
    except ClientError as error:
        if error.response["Error"]["Code"] == "404":
            return False
        raise
    return True


def _point(template: dict[str, Any], name: str, uri: str) -> None:
    """Let each function and layer whose archive is the local file `name` take it from `uri`."""
    for resource in template["Resources"].values():
        properties = resource.get("Properties", {})
        for where in ("CodeUri", "ContentUri"):
            if properties.get(where) == name:
                properties[where] = uri


def _source_files(root: Path) -> Iterator[Path]:
    for name in SOURCES:
        path = root / name
        if path.is_file():
            yield path
        elif name == ".chalice":  # its folders hold what Chalice made
            yield from sorted(path.glob("*.json"))
        else:
            yield from sorted(p for p in path.rglob("*") if p.is_file() and "__pycache__" not in p.parts)


def _chalice(root: Path, into: Path) -> None:
    load(root / "infra" / "app.yaml")  # says what is wrong with the YAML better than Chalice does
    command = [Path(sys.executable).with_name("chalice"), "package", "--template-format", "yaml"]
    command += ["--merge-template", "infra/app.yaml", into]
    # Chalice wants to know a region, though the template holds for all of them.
    done = subprocess.run(
        [str(word) for word in command],
        cwd=root,
        env=os.environ | {"AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True,
        text=True,
        check=False,
    )
    for stale in (root / ".chalice" / "deployments").glob("appcode-*"):
        stale.unlink()
    said = done.stdout + done.stderr
    if any(word in said for word in NOT_DOWNLOADED):
        for incomplete in (root / ".chalice" / "deployments").glob("managed-layer-*"):
            incomplete.unlink()
        raise Problem("The packages of requirements.txt could not be downloaded for Lambda: check the network.")
    if done.returncode:
        raise Problem(f"The functions could not be packed: {_last_line(said)}")


def _same_text(one: Path, other: Path) -> bool:
    return other.exists() and one.read_text() == other.read_text()


def _check(template: Path) -> None:
    """Raise Problem for an error that CloudFormation would find, or, worse, the local cloud would not."""
    command = [Path(sys.executable).with_name("cfn-lint"), "--ignore-checks", "W", "--format", "parseable", template]
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False)
    if done.returncode:
        first = done.stdout.partition("\n")[0].removeprefix(f"{template}:")
        raise Problem(f"infra/app.yaml can't be deployed: {first.split(':', 5)[-1] or _last_line(done.stderr)}")


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else "chalice said nothing."


def _repack(source: Path, target: Path) -> None:
    """Copy what is needed of an archive, with its entries sorted and dated alike.

    Packages of a layer move from python/lib/python3.x/site-packages to python/: Lambda looks in both, and the local
    cloud puts only the second before the packages of its own environment.
    """
    prefix = f"python/lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages/"
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            if _is_needed(name):
                _add(new, name.replace(prefix, "python/", 1), old.read(name))


def _is_needed(name: str) -> bool:
    service = re.search(r"/botocore/data/([^/]+)/", name)
    return not name.endswith((".pyc", "/")) and (service is None or service[1] in SERVICES)


def _add(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o755 << 16
    archive.writestr(entry, content)


def _runs_lambda_wheels() -> bool:
    return (platform.system(), platform.machine(), platform.libc_ver()[0]) == ("Linux", "x86_64", "glibc")


def _layer_of_this_machine(root: Path, target: Path) -> None:
    with tempfile.TemporaryDirectory() as installed:
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--target", installed]
        done = subprocess.run([*command, "-r", str(root / "requirements.txt")], check=False)
        if done.returncode:
            raise Problem("The packages of requirements.txt could not be installed: check the network.")
        with zipfile.ZipFile(target, "w") as layer:
            for path in sorted(p for p in Path(installed).rglob("*") if p.is_file()):
                name = f"python/{path.relative_to(installed).as_posix()}"
                if _is_needed(name):
                    _add(layer, name, path.read_bytes())
