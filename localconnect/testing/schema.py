"""What a test case may say, and what may be wrong with one: checked as CreateTestCase would.

Source: pages "testing-language-…" and "testing-simulation-…". Where older and newer pages differ both forms are taken:
the Version, MatchingCriteria beside or inside Properties, Usage types in either spelling, an empty NextAction, an
action's Id, TextUtterance for Utterance and an Utterance's Value for its Text.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from localconnect.contact import KEYS
from localconnect.language.conditions import OPERATORS
from localconnect.language.fields import Anything, Fields, Names, Text
from localconnect.language.schema import support

VERSIONS = ("2025-06-21", "2019-10-30")
_ANY = Text(dynamic="anywhere")
_NAME = Text(required=True, dynamic="anywhere")
_RESOURCES: dict[str, Fields] = {
    "InvokeLambdaFunction": Fields({"LambdaFunctionARN": _NAME}),
    "CheckHoursOfOperation": Fields({"HoursOfOperationId": _NAME}),
    "TransferContactToQueue": Fields({"QueueId": _NAME, "AgentId": _ANY}),
    "DequeueAndTransferToQueue": Fields({"QueueId": _NAME}),
    "ConnectParticipantWithLexBot": Fields({"LexV2Bot": Fields({"AliasArn": _NAME}, required=True)}),
    "ConnectParticipantWithAgenticCX": Fields(
        {
            "AgentConfiguration": Fields(
                {"WorkspaceId": _ANY, "ApplicationId": _NAME, "Alias": _ANY},
                required=True,
            )
        }
    ),
}
_RESOURCE_PATHS = {
    "InvokeLambdaFunction": ("LambdaFunctionARN",),
    "CheckHoursOfOperation": ("HoursOfOperationId",),
    "TransferContactToQueue": ("QueueId",),
    "DequeueAndTransferToQueue": ("QueueId",),
    "ConnectParticipantWithLexBot": ("LexV2Bot", "AliasArn"),
    "ConnectParticipantWithAgenticCX": ("AgentConfiguration", "ApplicationId"),
}
STARTED = ("InvokeLambdaFunction", "CheckHoursOfOperation", "TransferContactToQueue", "ConnectParticipantWithLexBot")
COMPLETED = {
    "InvokeLambdaFunction": ("External", "LambdaInvocation"),
    "ConnectParticipantWithLexBot": ("Lex",),
    "ConnectParticipantWithAgenticCX": ("AgenticCX",),
}
"""Whose completion is an event, and which namespaces can be read once that has been observed."""
OVERRIDDEN = (
    "InvokeLambdaFunction",
    "ConnectParticipantWithLexBot",
    "CheckHoursOfOperation",
    "TransferContactToQueue",
    "DequeueAndTransferToQueue",
)
FLOW_NAMES = {"DequeueAndTransferToQueue": "DequeueContactAndTransferToQueue"}
"""What the flow language calls an action that the testing language names otherwise."""
MATCHERS = ("Similarity", "Inclusion")
EVENTS: dict[str, Fields] = {
    "TestInitiated": Fields({}),
    "TestCompleted": Fields({}),
    "MessageReceived": Fields(
        {
            "PromptId": Text(dynamic="whole"),
            "Text": _ANY,
            "SSML": _ANY,
            "Media": Fields(
                {
                    "Uri": _NAME,
                    "SourceType": Text(required=True, choices=("S3",)),
                    "MediaType": Text(required=True),
                }
            ),
            "MatchingCriteria": Fields({"Type": Text(required=True, choices=MATCHERS)}),
        },
        choose=("PromptId", "Text", "SSML", "Media"),
    ),
    "FlowActionStarted": Fields(
        {"ActionType": Text(required=True, choices=STARTED), "ActionParameters": Anything(required=True)}
    ),
    "FlowActionCompleted": Fields(
        {
            "ActionType": Text(required=True, choices=tuple(COMPLETED)),
            "ActionParameters": Anything(required=True),
        }
    ),
}
_STRATEGY = Fields(
    {
        "Type": Text(required=True, choices=("SubstituteResource", "MockResponse")),
        "SubstituteArn": _ANY,
        "Response": Fields(
            {
                "Type": Text(required=True, choices=("ExecutionResult", "Error")),
                "ExecutionResult": Anything(),
                "Error": Anything(),
            }
        ),
    },
    required=True,
    choose=("SubstituteArn", "Response"),
)
_BEHAVIOR = Fields(
    {
        "Type": Text(required=True, choices=("FlowAction",)),
        "Properties": Fields(
            {
                "ActionType": Text(required=True, choices=OVERRIDDEN),
                "ActionParameters": Anything(required=True),
                "Strategy": _STRATEGY,
            },
            required=True,
        ),
    },
    required=True,
)
_UTTERANCE = Fields(
    {"Text": _ANY, "SSML": _ANY, "Value": _ANY, "LanguageCode": Text()},
    required=True,
    choose=("Text", "SSML", "Value"),
)
INSTRUCTIONS = {
    "DtmfInput": Fields({"Value": Anything(required=True)}, required=True),
    "Utterance": _UTTERANCE,
    "TextUtterance": _UTTERANCE,
    "Disconnect": Fields({}),
}
ASSERTIONS = (*OPERATORS, "Exists")
COMMANDS = ("EndTest", "LogData")
ACTIONS: dict[str, Fields] = {
    "SendInstruction": Fields(
        {
            "ActionType": Text(choices=("SendInstruction",)),
            "Actor": Text(required=True, choices=("Customer",)),
            "Instruction": Fields(
                {"Type": Text(required=True, choices=tuple(INSTRUCTIONS)), "Properties": Anything()},
                required=True,
            ),
        }
    ),
    "OverrideSystemBehavior": Fields({"ActionType": Text(choices=("OverrideSystemBehavior",)), "Behavior": _BEHAVIOR}),
    "Assert": Fields(
        {
            "Namespace": Text(required=True, dynamic="whole"),
            "Operator": Text(required=True, choices=ASSERTIONS),
            "Operand": _ANY,
        }
    ),
    "TestControl": Fields(
        {
            "ActionType": Text(choices=("TestControl",)),
            "Command": Fields(
                {
                    "Type": Text(required=True, choices=COMMANDS),
                    "Properties": Fields({"Expressions": Names(_ANY, required=True)}),
                },
                required=True,
            ),
        }
    ),
}
_ERRORS = {
    "InvokeLambdaFunction": ("NoMatchingError", "TimeLimitExceeded"),
    "ConnectParticipantWithLexBot": ("NoMatchingError", "TimeLimitExceeded"),
    "CheckHoursOfOperation": ("NoMatchingError",),
    "TransferContactToQueue": ("NoMatchingError", "QueueAtCapacity"),
    "DequeueAndTransferToQueue": ("NoMatchingError", "QueueAtCapacity"),
}
LOADING = ("InvokeLambdaFunction", "ConnectParticipantWithLexBot")
"""What answers with LoadedData when it is overridden."""
USAGES = {
    "exactly": (True, True),
    "atleast": (True, False),
    "atmost": (False, True),
    "always": (False, False),
    "any": (False, False),
}


def check_case(text: str, name: str) -> list[str]:
    """What is wrong with a test case file: nothing, or sentences that name the file, the place and what to do."""
    return [f"{name}: {problem}" for problem in _problems(text)]


def _problems(text: str) -> Iterator[str]:
    try:
        document = json.loads(text)
    except ValueError as error:
        yield f"this is no JSON: {error}."
        return
    observations = document.get("Observations") if isinstance(document, dict) else None
    if not isinstance(observations, list) or not all(_has_shape(observation) for observation in observations):
        yield f"a test case is a JSON object whose Observations are a list of objects like {_OBSERVATION}."
        return
    if document.get("Version") not in VERSIONS:
        yield f'the Version is {document.get("Version")!r}; write "{VERSIONS[0]}".'
    counts = Counter(observation["Identifier"] for observation in observations)
    for identifier, count in counts.items():
        if count > 1:
            yield f'{count} observations have the Identifier "{identifier}"; give each its own.'
    pointed_at = {identifier for observation in observations for identifier in next_observations(observation)}
    if not counts.keys() - pointed_at:
        yield "there is no observation to start with; leave one that no other goes on to."
    for observation in observations:
        for problem in _observation_problems(observation, counts.keys()):
            yield f'observation "{observation["Identifier"]}" {problem}'


_OBSERVATION = (
    '{"Identifier": "…", "Event": {"Type": "…", "Properties": {}}, '
    '"Actions": [{"Identifier": "…", "Type": "…", "Parameters": {}}]}'
)


def _has_shape(observation: Any) -> bool:
    try:
        strings = [observation["Identifier"], observation["Event"]["Type"], *next_observations(observation)]
        objects = [event_properties(observation["Event"])]
        for action in observation.get("Actions", []):
            strings += identifier_of(action), action["Type"], next_action(action)
            objects.append(action["Parameters"])
    except (TypeError, KeyError, AttributeError, ValueError):
        return False
    return all(isinstance(item, str) for item in strings) and all(isinstance(item, dict) for item in objects)


def _observation_problems(observation: Mapping[str, Any], identifiers: Any) -> Iterator[str]:
    for target in next_observations(observation):
        if target not in identifiers:
            yield f'goes on to "{target}", which is no observation here; name one that is.'
    yield from _event_problems(observation["Event"])
    yield from _usage_problems(observation.get("Usage"))
    actions = observation.get("Actions", [])
    names = [identifier_of(action) for action in actions]
    if len(set(names)) < len(names):
        yield "has two actions of one Identifier; give each its own."
    for action in actions:
        following = next_action(action)
        if following and following not in names:
            yield f'has the action "{identifier_of(action)}", which goes on to "{following}", but there is none.'
        for problem in _action_problems(action):
            yield f'has the action "{identifier_of(action)}", which {problem}'


def _event_problems(event: Mapping[str, Any]) -> Iterator[str]:
    if event["Type"] not in EVENTS:
        yield f"waits for {event['Type']!r}, which localconnect does not run; it runs {', '.join(EVENTS)}."
        return
    if event.get("Actor", "System") != "System":
        yield f"waits for something of the actor {event['Actor']!r}; only System does what localconnect runs."
    properties = event_properties(event)
    for problem in EVENTS[event["Type"]].problems("Properties", properties):
        yield f"is wrong: {problem}"
    if event["Type"].startswith("FlowAction"):
        yield from _resource_problems(properties)


def _resource_problems(properties: Mapping[str, Any]) -> Iterator[str]:
    action_type = str(properties.get("ActionType"))
    resource = _RESOURCES.get(action_type)
    if resource and support(FLOW_NAMES.get(action_type, action_type)) is None:
        yield f"is about a {action_type}, which localconnect does not run."
    if resource and "ActionParameters" in properties:
        for problem in resource.problems("ActionParameters", properties["ActionParameters"]):
            yield f"is wrong: {problem}"


def _usage_problems(usage: Any) -> Iterator[str]:
    if usage is None:
        return
    try:
        read_usage(usage)
    except (KeyError, TypeError, ValueError, AttributeError):
        yield f'has the Usage {usage!r}; write {{"Type": "Exactly", "Times": 1}}, or AtLeast, AtMost, Always.'


def _action_problems(action: Mapping[str, Any]) -> Iterator[str]:
    if action["Type"] not in ACTIONS:
        yield f"has type {action['Type']!r}, which localconnect does not run; it runs {', '.join(ACTIONS)}."
        return
    parameters = action["Parameters"]
    problems = list(ACTIONS[action["Type"]].problems("Parameters", parameters))
    for problem in problems or _further_problems(action["Type"], parameters):
        yield f"is wrong: {problem}"


def _further_problems(action_type: str, parameters: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with an action whose form is right."""
    if action_type == "SendInstruction":
        yield from _instruction_problems(parameters["Instruction"])
    elif action_type == "Assert" and parameters["Operator"] != "Exists" and "Operand" not in parameters:
        yield f"{parameters['Operator']} needs an Operand; add it."
    elif action_type == "TestControl" and parameters["Command"]["Type"] == "LogData":
        if "Properties" not in parameters["Command"]:
            yield "LogData needs Properties.Expressions; add them."
    elif action_type == "OverrideSystemBehavior":
        properties = parameters["Behavior"]["Properties"]
        yield from (problem.removeprefix("is wrong: ") for problem in _resource_problems(properties))
        yield from _strategy_problems(properties["ActionType"], properties["Strategy"])


def _instruction_problems(instruction: Mapping[str, Any]) -> Iterator[str]:
    form = INSTRUCTIONS[instruction["Type"]]
    if form.required or "Properties" in instruction:
        yield from form.problems("its Properties", instruction.get("Properties", {}))
    keys = keys_of(instruction)
    if instruction["Type"] == "DtmfInput" and keys and not KEYS.issuperset(keys):
        yield f"its Properties.Value is {keys!r}; write keys 0-9, * and #."


def _strategy_problems(action_type: str, strategy: Mapping[str, Any]) -> Iterator[str]:
    if strategy["Type"] == "SubstituteResource":
        if "SubstituteArn" not in strategy:
            yield "SubstituteResource needs a SubstituteArn; add it."
        return
    response = strategy.get("Response", {})
    content = response.get(response.get("Type"))
    if not isinstance(content, dict):
        yield f"a MockResponse of type {response.get('Type')!r} needs an object of that name; add it."
    elif not isinstance(content.get("DelaySeconds", 0), int | float):
        yield f"DelaySeconds is {content['DelaySeconds']!r}; write a number."
    elif response["Type"] == "Error":
        if content.get("Value") not in _ERRORS[action_type]:
            yield f"the Error's Value is {content.get('Value')!r}; write one of {', '.join(_ERRORS[action_type])}."
    elif action_type in LOADING:
        if not isinstance(content.get("LoadedData"), str):
            yield "the ExecutionResult's LoadedData is what the function or bot answers, as a string of JSON; add it."
    elif action_type == "CheckHoursOfOperation":
        if content.get("Value") not in ("InHours", "OutOfHours"):
            yield f"the ExecutionResult's Value is {content.get('Value')!r}; write InHours or OutOfHours."
    else:
        yield "a queue has no ExecutionResult; mock an Error or substitute the queue."


# How a case's parts are told from its file


def read_usage(usage: Mapping[str, Any]) -> tuple[int, int | None]:
    at_least, at_most = USAGES[usage["Type"].replace("_", "").casefold()]
    times = int(usage.get("Times", 1))
    if times < 1:
        raise ValueError(times)
    return (times if at_least else 0), (times if at_most else None)


def keys_of(instruction: Mapping[str, Any]) -> str:
    """DtmfInput's Value, which may be a number."""
    properties = instruction.get("Properties")
    return str(properties.get("Value", "")) if isinstance(properties, dict) else ""


def identifier_of(action: Mapping[str, Any]) -> Any:
    """Called Id on the page of observations, Identifier on all others."""
    return action["Id"] if "Id" in action and "Identifier" not in action else action["Identifier"]


def resource_of(action_type: str, parameters: Mapping[str, Any]) -> str:
    """Which function, hours, queue, bot or agent an action is about; empty if ``parameters`` do not say."""
    value: Any = parameters
    for key in _RESOURCE_PATHS.get(action_type, ("",)):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value if isinstance(value, str) else ""


def event_properties(event: Mapping[str, Any]) -> dict[str, Any]:
    properties = dict(event.get("Properties", {}))
    if isinstance(old_form := event.get("MatchingCriteria"), str):
        properties.setdefault("MatchingCriteria", {"Type": old_form})
    return properties


def next_action(action: Mapping[str, Any]) -> str:
    """Empty at the end of the chain, as in older files."""
    return str(action.get("Transitions", {}).get("NextAction", ""))


def next_observations(observation: Mapping[str, Any]) -> list[str]:
    return list(observation.get("Transitions", {}).get("NextObservations", []))
