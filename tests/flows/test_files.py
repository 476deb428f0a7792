"""Every file in connect_flows is what Connect takes, is in the template, and speaks three languages."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from localconnect.instance import Instance
from localconnect.language.document import check_flow
from localconnect.template import content_files, load
from localconnect.testing import check_case

ROOT = Path(__file__).parents[2]
TEMPLATE = ROOT / "infra" / "connect.yaml"
FILES = sorted((ROOT / "connect_flows").rglob("*.json"))
FLOWS = [file for file in FILES if file.parent.name in ("flows", "modules")]
CASES = [file for file in FILES if file.parent.name == "tests"]
LANGUAGES = ("zh-CN", "zh-HK", "en")
PARAMETERS = {
    "Stage": "test",
    "IvrFunctionArn": "arn:aws:lambda:ap-southeast-1:000000000000:function:ivr",
    "RecordingsBucket": "recordings",
    "ContactRecordsStreamArn": "arn:aws:kinesis:ap-southeast-1:000000000000:stream/records",
    "AgentEventsStreamArn": "arn:aws:kinesis:ap-southeast-1:000000000000:stream/agents",
    "InputPublicKey": "-----BEGIN PUBLIC KEY-----",
    "InputCertificate": r"-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----",
}


def kind(file: Path) -> str:
    """As the template has it."""
    if file.parent.name == "modules":
        return "MODULE"
    template = load(TEMPLATE)
    [logical_id] = [name for name, path in content_files(template, TEMPLATE.parent).items() if path.resolve() == file]
    return str(template["Resources"][logical_id]["Properties"]["Type"])


@pytest.mark.parametrize("file", FLOWS, ids=lambda file: file.stem)
def test_a_flow_is_what_create_contact_flow_takes(file: Path) -> None:
    assert check_flow(file.read_text("utf-8"), kind=kind(file), name=file.name) == []


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_a_case_is_what_create_test_case_takes(file: Path) -> None:
    assert check_case(file.read_text("utf-8"), file.name) == []
    assert json.loads(file.read_text("utf-8"))["Version"] == "2025-06-21"


def test_every_file_is_in_the_template_once() -> None:
    named = [path.resolve() for path in content_files(load(TEMPLATE), TEMPLATE.parent).values()]
    assert sorted(named) == FILES


def test_the_instance_can_be_built_from_the_template() -> None:
    instance = Instance.from_template(TEMPLATE, PARAMETERS, region="ap-southeast-1", account="000000000000")
    assert (len(instance.flows) + len(instance.modules), len(instance.test_cases)) == (len(FLOWS), len(CASES))
    assert instance.phone_flow
    assert instance.phone_flow.name == "brokerline-main"


@pytest.mark.parametrize(("stage", "agents"), [("local", {"mei", "jun"}), ("prod", set())])
def test_agents_to_try_the_line_with_are_on_a_laptop_alone(stage: str, agents: set[str]) -> None:
    parameters = PARAMETERS | {"Stage": stage}
    instance = Instance.from_template(TEMPLATE, parameters, region="ap-southeast-1", account="000000000000")
    assert {agent.username for agent in instance.agents.values()} == agents
    assert {agent.after_contact_work for agent in instance.agents.values()} <= {30}
    [number], [queue] = instance.phone_numbers.values(), instance.queues.values()
    assert number.number.startswith("+65")
    assert queue.outbound_number == number.number
    assert instance.storage.keys() == {"CALL_RECORDINGS", "CONTACT_TRACE_RECORDS", "AGENT_EVENTS"}


def actions(file: Path) -> dict[str, dict[str, Any]]:
    return {action["Identifier"]: action for action in json.loads(file.read_text("utf-8"))["Actions"]}


def attributes(action: dict[str, Any]) -> dict[str, str]:
    return {name: entry["Value"] for name, entry in action["Parameters"].get("FlowAttributes", {}).items()}


@pytest.mark.parametrize("file", FLOWS, ids=lambda file: file.stem)
def test_every_text_is_there_in_every_language(file: Path) -> None:
    texts = {language: attributes(actions(file)[f"texts {language}"]) for language in LANGUAGES}
    assert texts["zh-CN"].keys() == texts["zh-HK"].keys() == texts["en"].keys()
    for language, chinese in (("zh-CN", True), ("zh-HK", True), ("en", False)):
        assert all(bool(re.search(r"[一-鿿]", text)) == chinese for text in texts[language].values())


@pytest.mark.parametrize("file", FLOWS, ids=lambda file: file.stem)
def test_every_flow_attribute_that_is_read_is_set_and_every_text_is_spoken(file: Path) -> None:
    body = file.read_text("utf-8")
    read = set(re.findall(r"\$\.FlowAttributes\.(\w+)", body))
    kept: set[str] = set().union(*(attributes(action) for action in actions(file).values()))
    assert read == kept


# The only words outside the texts: nobody has chosen a language yet.
BEFORE_THE_LANGUAGE = {"choose language", "language goodbye"}


@pytest.mark.parametrize("file", FLOWS, ids=lambda file: file.stem)
def test_no_prompt_is_written_outside_the_texts(file: Path) -> None:
    for identifier, action in actions(file).items():
        prompt = action["Parameters"].get("Text", action["Parameters"].get("SSML"))
        if prompt and identifier not in BEFORE_THE_LANGUAGE:
            assert re.fullmatch(r"(\$\.(FlowAttributes|External)\.\w+ ?)+", prompt), identifier


# The entries of what only one may know, by module.
SECRETS = {
    "identify": {"ask account", "ask pin"},
    "password": {"ask again", "ask new", "ask old"},
    "transfers": {"ask password"},
}


@pytest.mark.parametrize("module", SECRETS)
def test_every_entry_of_a_secret_is_sealed(module: str) -> None:
    found = actions(ROOT / f"connect_flows/modules/{module}.json")
    assert {name for name, action in found.items() if "InputEncryption" in action["Parameters"]} == SECRETS[module]


@pytest.mark.parametrize("file", FLOWS, ids=lambda file: file.stem)
def test_what_the_texts_call_a_password_is_entered_sealed(file: Path) -> None:
    """Whoever adds an entry of a password is told to seal it."""
    texts = attributes(actions(file)["texts en"])
    for name, action in actions(file).items():
        prompt = texts.get(action["Parameters"].get("Text", "").removeprefix("$.FlowAttributes."), "")
        if action["Parameters"].get("StoreInput") == "True" and "password" in prompt:
            assert name in SECRETS.get(file.stem, ()), f"seal {name}, and name it in SECRETS"
