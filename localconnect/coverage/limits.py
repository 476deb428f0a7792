"""What no test case can bring about, and coverage therefore leaves out. Two rules, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterator

from localconnect.graph import Branch, Graph, Node
from localconnect.language.references import find_references
from localconnect.language.rules import NO_MATCHING_ERROR
from localconnect.speech import silence
from localconnect.testing.runner import TIME_LIMIT
from localconnect.texts import possible_texts

RULES = """\
Left out are, with the actions that nothing else leads to:
- errors that no test case can bring about: a case presses keys or is silent, gives attributes, and overrides
  InvokeLambdaFunction, CheckHoursOfOperation and TransferContactToQueue (page testing-simulation-action-override). The
  NoMatchingError of an action that the service settles by what the flow says (a prompt, an attribute, a module, ...) is
  none of that, unless the queue, flow, module or number that it works on is a reference.
- ends of loops that no test case lives to see: a test takes five minutes at most, and LoopCount rounds of the silences
  and waits in the loop take longer."""

# The service settles these itself, from what is written in the flow; no caller, function or override makes them fail.
_SETTLED_BY_THE_FLOW = frozenset(
    {
        "GetParticipantInput",
        "InvokeFlowModule",
        "Loop",
        "MessageParticipant",
        "MessageParticipantIteratively",
        "TransferToFlow",
        "UpdateContactAttributes",
        "UpdateContactCallbackNumber",
        "UpdateContactData",
        "UpdateContactEventHooks",
        "UpdateContactRecordingAndAnalyticsBehavior",
        "UpdateContactRecordingBehavior",
        "UpdateContactRoutingBehavior",
        "UpdateContactTargetQueue",
        "UpdateContactTextToSpeechVoice",
        "UpdateFlowAttributes",
        "UpdateFlowLoggingBehavior",
        "UpdatePreviousContactParticipantState",
        "Wait",
    }
)
# Parameters that these fail on when a reference in them comes out wrong, as a case's InitializationData may have it.
_DECISIVE = ("AgentId", "ContactFlowId", "FlowModuleId", "LoopCount", "QueueId", "TimeLimitSeconds", "TimeoutSeconds")


def can_be_reached(graph: Graph, branch: Branch) -> bool:
    """Whether a test case that has come to the branch's action can take ``branch``, by the two RULES."""
    node = graph.nodes[branch.source]
    return not is_settled(node, branch) and not _ends_too_late(graph, node, branch)


def reachable_actions(graph: Graph) -> set[str]:
    """The actions to which a way leads from the start along branches that a test case can take."""
    reachable: set[str] = set()
    waiting = [graph.start]
    while waiting:
        identifier = waiting.pop()
        if identifier in graph.nodes and identifier not in reachable:
            reachable.add(identifier)
            waiting += [b.target for b in graph.nodes[identifier].branches if can_be_reached(graph, b)]
    return reachable


def is_settled(node: Node, branch: Branch) -> bool:
    """Whether ``branch`` is an error that the service settles by what the flow says: the first of the RULES."""
    if branch.kind != "error" or branch.label != NO_MATCHING_ERROR or node.type not in _SETTLED_BY_THE_FLOW:
        return False
    return not any(find_references(str(node.parameters.get(name, ""))) for name in _DECISIVE)


def _ends_too_late(graph: Graph, node: Node, branch: Branch) -> bool:
    count = str(node.parameters.get("LoopCount", ""))
    if node.type != "Loop" or branch.label != "DoneLooping" or not count.isdecimal():
        return False
    rounds = [seconds for other in node.branches if other is not branch for seconds in _seconds_back(graph, other)]
    return bool(rounds) and int(count) * min(rounds) > TIME_LIMIT


def _seconds_back(graph: Graph, branch: Branch) -> Iterator[float]:
    """The least time in s that it takes from ``branch`` to its source, if a way leads there (Bellman and Ford's)."""
    seconds = {branch.target: 0.0}
    for _ in graph.nodes:
        for other in graph.branches():
            if other.source in seconds and other.source != branch.source:
                arrival = seconds[other.source] + _least_seconds(graph, graph.nodes[other.source])
                seconds[other.target] = min(arrival, seconds.get(other.target, arrival))
    if branch.source in seconds:
        yield seconds[branch.source]


def _least_seconds(graph: Graph, node: Node) -> float:
    """How long an action takes at least, however fast the caller is; words count as none."""
    if node.type == "MessageParticipant" and "SSML" in node.parameters:
        return min(map(silence, possible_texts(graph, str(node.parameters["SSML"]))), default=0.0)
    limit = str(node.parameters.get("TimeLimitSeconds", node.parameters.get("TimeoutSeconds", "")))
    return float(limit) if node.type == "Wait" and limit.isdecimal() else 0.0
