"""Instances made of flow files alone."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from localconnect.instance import Instance
from localconnect.language.document import InvalidFlow
from localconnect.loose import kind_of, loose_instance, read_flow, staff
from localconnect.template import TemplateError
from localconnect.testing import load_case
from tests.unit.localconnect.flows import action, call, document, outcome, say, spoken
from tests.unit.localconnect.testing.cases import content, observation, substitute

INSTANCE = "arn:aws:connect:eu-west-2:111122223333:instance/0a1b"
QUEUE = f"{INSTANCE}/queue/5e"


def write(folder: Path, name: str, text: str, metadata: Any = None) -> Path:
    file = folder / name
    file.write_text(json.dumps({**json.loads(text), "Metadata": metadata or {}}), encoding="utf-8")
    return file


def build(*files: Path, cases: Sequence[Any] = ()) -> tuple[Instance, list[str]]:
    said: list[str] = []
    return loose_instance([read_flow(file) for file in files], said.append, cases), said


def to_queue(then: str = "go") -> list[dict[str, Any]]:
    return [action("set", "UpdateContactTargetQueue", {"QueueId": QUEUE}, then), action("go", "TransferContactToQueue")]


def test_queues_and_hours_are_made_up_and_announced(tmp_path: Path) -> None:
    check = action("check", "CheckHoursOfOperation", on={"True": "office", "False": "end"})
    office = {"HoursOfOperationId": "office"}
    again = action("office", "CheckHoursOfOperation", office, "error", on={"True": "go", "False": "end"})
    check["Transitions"]["NextAction"] = "error"
    displayed = {"set": {"parameters": {"QueueId": {"displayName": "Service desk"}}}}
    file = write(tmp_path, "main.json", document([*to_queue("check"), check, again]), {"ActionMetadata": displayed})
    line, said = build(file)
    record = call(line)
    assert (record.ended.reason, record.queue) == ("left in queue", "Service desk")
    assert said == [
        "made up: the queue 'Service desk', always open, without a limit",
        "made up: the hours of operation 'office', always open",
    ]
    assert (line.arn, line.region, line.account) == (INSTANCE, "eu-west-2", "111122223333")


def test_an_agent_is_made_up_who_serves_every_queue(tmp_path: Path) -> None:
    told: list[str] = []
    instance, _ = build(write(tmp_path, "main.json", document(to_queue())))
    staff(instance, told.append)
    staff(instance, told.append)
    [agent] = instance.agents.values()
    assert {config.queue_arn for config in agent.profile.queues} == set(instance.queues)
    assert told == ["made up: the agent 'agent', who serves every queue; open /agent to be them"]


def test_flows_and_modules_find_each_other_by_name(tmp_path: Path) -> None:
    greet = f"{INSTANCE}/flow-module/1"
    module = action("greet", "InvokeFlowModule", {"FlowModuleId": greet}, "on", errors={"NoMatchingError": "error"})
    on = action("on", "TransferToFlow", {"ContactFlowId": "goodbye"}, "error")
    displayed = {"greet": {"parameters": {"FlowModuleId": {"displayName": "Greeting"}}}}
    main = write(tmp_path, "main.json", document([module, on]), {"ActionMetadata": displayed})
    done = action("done", "EndFlowModuleExecution")
    module_text = document([say("hi", "Hi.", "done"), done], ends=False).replace('"error"', '"done"')
    hello = write(tmp_path, "m.json", module_text, {"name": "Greeting"})
    goodbye = write(tmp_path, "goodbye.json", document([say("bye", "Goodbye.")]))
    line, said = build(main, hello, goodbye)
    assert spoken(call(line)) == ["Hi.", "Goodbye."]
    assert said == []


def test_what_is_missing_is_announced_and_takes_the_error_branch(tmp_path: Path) -> None:
    on = action("on", "TransferToFlow", {"ContactFlowId": f"{INSTANCE}/contact-flow/77"}, "error")
    line, said = build(write(tmp_path, "main.json", document([on])))
    assert outcome(call(line), "on") == "NoMatchingError"
    assert said == ["missing: the flow '77'; give its file too, or its actions take their error branch"]


def test_references_stay_for_the_call(tmp_path: Path) -> None:
    set_queue = action("set", "UpdateContactTargetQueue", {"QueueId": "$.Attributes.queue"}, "end")
    assert build(write(tmp_path, "main.json", document([set_queue])))[1] == []


def test_a_call_enters_the_first_inbound_flow(tmp_path: Path) -> None:
    wait = document([say("wait", "Please wait.")])
    queue = write(tmp_path, "queue.json", wait, {"type": "customerQueue"})
    first, second = (write(tmp_path, name, document([say("a", name)])) for name in ("b.json", "a.json"))
    assert spoken(call(build(queue, first, second)[0])) == ["b.json"]
    assert spoken(call(build(queue)[0])) == ["Please wait."]


def test_modules_alone_are_refused(tmp_path: Path) -> None:
    module = write(tmp_path, "m.json", document([action("done", "EndFlowModuleExecution")], ends=False))
    with pytest.raises(TemplateError, match="modules alone"):
        build(module)


def test_what_a_case_puts_in_anothers_place(tmp_path: Path) -> None:
    hours = {"HoursOfOperationId": "office"}
    start = observation("s", "TestInitiated", {}, substitute("CheckHoursOfOperation", hours, "always on"))
    case = load_case(content(start), name="case")
    line, said = build(write(tmp_path, "main.json", document([say("a", "A")])), cases=[case])
    assert said == ["made up: the hours of operation 'always on', always open"]
    assert line.hours_named("always on").name == "always on"


def test_a_file_that_is_wrong_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidFlow, match=r"main\.json: "):
        read_flow(write(tmp_path, "main.json", document([action("a", "Sing")])))


@pytest.mark.parametrize(
    ("metadata", "actions", "kind"),
    [
        ({}, [say("a", "A")], "CONTACT_FLOW"),
        ({"type": "contactFlow"}, [say("a", "A")], "CONTACT_FLOW"),
        ({"type": "agentWhisper"}, [say("a", "A")], "AGENT_WHISPER"),
        ({"type": "poem"}, [say("a", "A")], "CONTACT_FLOW"),
        ({}, [action("a", "EndFlowModuleExecution")], "MODULE"),
    ],
)
def test_kinds(metadata: Any, actions: Any, kind: str) -> None:
    text = document(actions, ends=kind != "MODULE")
    assert kind_of(json.dumps({**json.loads(text), "Metadata": metadata})) == kind


def test_what_is_no_flow_has_a_kind_too() -> None:
    assert kind_of("{") == kind_of("[]") == "CONTACT_FLOW"
