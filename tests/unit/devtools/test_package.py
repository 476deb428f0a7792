import json
import os
import shutil
import zipfile
from pathlib import Path

import pytest
import yaml

from devtools import package
from devtools.paths import ROOT
from devtools.problem import Problem, explain
from devtools.stage import Stage
from localconnect.template import TemplateError

APP = """
from chalice import Chalice
app = Chalice(app_name="small")

@app.lambda_function(name="ivr")
def ivr(event, context):
    return {}
"""
TEMPLATE = """
Resources:
  Ivr: {Type: AWS::Serverless::Function, Properties: {Description: !Ref AWS::StackName}}
"""


@pytest.fixture(autouse=True)
def unchecked(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """cfn-lint takes seconds: it runs only in the tests that are about it."""
    if "checked" not in request.keywords:
        monkeypatch.setattr(package, "_check", lambda template: None)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository of one function without dependencies: packing it needs no network."""
    root = tmp_path / "repository"
    for folder in (".chalice", "chalicelib", "infra"):
        (root / folder).mkdir(parents=True)
    (root / ".chalice" / "config.json").write_text('{"version": "2.0", "app_name": "small", "stages": {"dev": {}}}')
    (root / "app.py").write_text(APP)
    (root / "chalicelib" / "__init__.py").touch()
    (root / "infra" / "app.yaml").write_text(TEMPLATE)
    (root / "requirements.txt").touch()
    return root


def test_packs_the_same_tree_into_the_same_bytes(root: Path, tmp_path: Path) -> None:
    first = package.build(root=root, cache=tmp_path / "first")
    os.utime(root / "app.py", (0, 1_000_000_000))
    shutil.rmtree(root / ".chalice" / "deployments")
    (root / "chalicelib" / "__pycache__").mkdir()
    (root / "chalicelib" / "__pycache__" / "rules.cpython-311.pyc").write_bytes(b"compiled")
    second = package.build(root=root, cache=tmp_path / "second")

    assert [path.name for path in first.archives()] == [path.name for path in second.archives()] == ["deployment.zip"]
    assert first.archives()[0].read_bytes() == second.archives()[0].read_bytes()
    assert first.template() == second.template()


def test_packs_app_and_chalicelib(root: Path, tmp_path: Path) -> None:
    (root / "chalicelib" / "texts.json").write_text("{}")
    packed = package.build(root=root, cache=tmp_path / "cache")

    names = zipfile.ZipFile(packed.archives()[0]).namelist()
    assert {"app.py", "chalicelib/__init__.py", "chalicelib/texts.json", "chalice/app.py"} <= set(names)
    assert names == sorted(names)


def test_does_not_pack_again_what_has_not_changed(root: Path, tmp_path: Path) -> None:
    packed = package.build(root=root, cache=tmp_path / "cache")
    written = packed.archives()[0].stat().st_mtime_ns

    assert package.build(root=root, cache=tmp_path / "cache").archives()[0].stat().st_mtime_ns == written


@pytest.mark.parametrize("changed", package.SOURCES)
def test_everything_that_is_packed_counts(root: Path, changed: str) -> None:
    before = package.fingerprint(root)
    path = {"chalicelib": "chalicelib/new.py", "vendor": "vendor/wheel.py", ".chalice": ".chalice/policy-ivr.json"}
    target = root / path.get(changed, changed)
    target.parent.mkdir(exist_ok=True)
    target.write_text("changed")

    assert package.fingerprint(root) != before


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("infra/app.yaml", "Resources: [", "app.yaml: this is no YAML"),
        ("infra/app.yaml", "Resources: {}\nOutputs: {X: {Value: !Ref Nobody}}", "can't be deployed: .*Nobody"),
        ("app.py", "import no_such_module", "could not be packed: .*no_such_module"),
    ],
)
@pytest.mark.checked
def test_says_in_a_sentence_what_cannot_be_packed(root: Path, tmp_path: Path, file: str, text: str, said: str) -> None:
    (root / file).write_text(text)
    with pytest.raises((Problem, TemplateError), match=said) as raised:
        package.build(root=root, cache=tmp_path / "cache")
    assert "\n" not in explain(raised.value)


def test_says_that_the_network_is_missing(root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    (root / "requirements.txt").write_text("no-such-package-of-brokerline==1\n")
    with pytest.raises(Problem, match=r"requirements\.txt could not be downloaded for Lambda: check the network\.$"):
        package.build(root=root, cache=tmp_path / "cache")


def test_uploads_archives_under_their_hash_and_points_the_template_at_them(
    root: Path, tmp_path: Path, stage: Stage
) -> None:
    packed = package.build(root=root, cache=tmp_path / "cache")
    url = package.upload(stage, packed)

    assert url == package.upload(stage, packed)
    key = url.rsplit("/", 1)[1]
    assert url == f"https://brokerline-prod-artifacts-123456789012.s3.ap-southeast-1.amazonaws.com/{key}"
    uploaded = yaml.safe_load(stage.s3.get_object(Bucket=stage.bucket, Key=key)["Body"].read())
    code = uploaded["Resources"]["Ivr"]["Properties"]["CodeUri"].removeprefix(f"s3://{stage.bucket}/")
    archive = stage.s3.get_object(Bucket=stage.bucket, Key=code)["Body"].read()
    assert archive == packed.archives()[0].read_bytes()


def test_the_layer_describes_every_service_that_a_function_may_call() -> None:
    policies = [json.loads(path.read_text()) for path in (ROOT / ".chalice").glob("policy-*.json")]
    actions = [action for policy in policies for statement in policy["Statement"] for action in statement["Action"]]
    assert actions
    # No calls: a schedule is let have its role, and Lambda itself reads the stream for the function.
    prefixes = {action.partition(":")[0] for action in actions if not action.startswith(("iam:", "kinesis:"))}
    assert {"sesv2" if prefix == "ses" else prefix for prefix in prefixes} == set(package.SERVICES)


@pytest.mark.parametrize(
    ("name", "needed"),
    [
        ("python/botocore/data/dynamodb/2012-08-10/service-2.json.gz", True),
        ("python/botocore/data/endpoints.json", True),
        ("python/botocore/data/ec2/2016-11-15/service-2.json.gz", False),
        ("python/boto3/__pycache__/session.cpython-311.pyc", False),
    ],
)
def test_a_layer_leaves_out_what_no_function_can_use(name: str, needed: bool) -> None:
    assert package._is_needed(name) is needed


def test_the_bucket_is_encrypted_and_closed_to_the_public(stage: Stage) -> None:
    package.ensure_bucket(stage)
    package.ensure_bucket(stage)

    closed = stage.s3.get_public_access_block(Bucket=stage.bucket)["PublicAccessBlockConfiguration"]
    assert set(closed.values()) == {True}
    rules = stage.s3.get_bucket_encryption(Bucket=stage.bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"


def test_on_another_kind_of_machine_the_layer_holds_its_own_packages(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wheel = tmp_path / "answer-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as made:
        made.writestr("answer.py", "answer = 42")
        made.writestr("answer-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: answer\nVersion: 1\n")
        made.writestr("answer-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        made.writestr("answer-1.dist-info/RECORD", "")
    (root / "requirements.txt").write_text(f"{wheel}\n")
    (root / ".chalice" / "config.json").write_text(
        '{"version": "2.0", "app_name": "small", "automatic_layer": true, "stages": {"dev": {}}}'
    )
    monkeypatch.setattr(package, "_runs_lambda_wheels", lambda: False)

    packed = package.build(root=root, cache=tmp_path / "cache", for_this_machine=True)

    layer = next(path for path in packed.archives() if path.name == package.LAYER)
    assert zipfile.ZipFile(layer).read("python/answer.py") == b"answer = 42"
