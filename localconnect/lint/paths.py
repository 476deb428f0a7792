"""Rules about which action leads to which."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from localconnect.coverage.limits import is_settled
from localconnect.graph import Graph, Node
from localconnect.language.schema import rule_for
from localconnect.lint.finding import Context, Problem

_WAITS = frozenset(
    {
        "ConnectParticipantWithLexBot",
        "GetParticipantInput",
        "Loop",
        "MessageParticipantIteratively",
        "ShowView",
        "Wait",
    }
)
# A contact leaves these when an agent answers: playing the same again and again is what they are for.
_KINDS_THAT_REPEAT = frozenset({"AGENT_HOLD", "CUSTOMER_HOLD", "CUSTOMER_QUEUE"})


def unreachable(graph: Graph, context: Context) -> Iterator[Problem]:
    reached = reach(graph, [graph.start], unlikely=True)
    if graph.start in graph.nodes:
        for identifier in graph.nodes:
            if identifier not in reached:
                yield identifier, "no way leads to it from the start; connect it or remove it."


def dangling(graph: Graph, context: Context) -> Iterator[Problem]:
    if graph.start not in graph.nodes:
        yield "", f'the StartAction is "{graph.start}", which is no action here; name one that is.'
    for node in graph.nodes.values():
        targets = [node.next_action or "", *(branch.target for branch in node.branches)]
        for target in dict.fromkeys(targets):
            if target and target not in graph.nodes:
                yield node.identifier, f'it goes on to "{target}", which is no action here; name one that is.'
        rule = rule_for(node.type, node.parameters)
        if rule and rule.next_action == "required" and node.next_action is None:
            yield node.identifier, "it has no NextAction; say what comes after it."


def endless(graph: Graph, context: Context) -> Iterator[Problem]:
    """A set of actions that can only lead to each other, none of which waits for the caller or counts."""
    waits = _WAITS | ({"MessageParticipant"} if graph.kind in _KINDS_THAT_REPEAT else set())
    told: set[str] = set()
    for identifier in graph.nodes:
        circle = reach(graph, _following(graph, identifier))
        if identifier in circle and identifier not in told and _is_closed(graph, circle, waits):
            told |= circle
            names = ", ".join(f'"{name}"' for name in graph.nodes if name in circle)
            yield identifier, f"{names} lead only to each other, without an input, a Loop or a Wait; add a way out."


def _is_closed(graph: Graph, circle: set[str], waits: Iterable[str]) -> bool:
    nodes = [graph.nodes[name] for name in circle if name in graph.nodes]
    stays = all(_likely(node) and "" not in _likely(node) and node.type not in waits for node in nodes)
    return stays and len(nodes) == len(circle) and all(circle <= reach(graph, _likely(node)) for node in nodes)


def reach(graph: Graph, identifiers: Iterable[str], *, unlikely: bool = False) -> set[str]:
    """``identifiers`` and every action that a way leads to from them; ``unlikely``: by any error and NextAction too."""
    reached: set[str] = set()
    waiting = list(identifiers)
    while waiting:
        identifier = waiting.pop()
        if identifier and identifier not in reached:
            reached.add(identifier)
            waiting += _following(graph, identifier, unlikely=unlikely)
    return reached


def _following(graph: Graph, identifier: str, *, unlikely: bool = False) -> list[str]:
    node = graph.nodes.get(identifier)
    if node is None:
        return []
    if unlikely:
        return [node.next_action or "", *(branch.target for branch in node.branches)]
    return _likely(node)


def _likely(node: Node) -> list[str]:
    """Where an action may lead; not by errors that only a mistake in the flow brings about."""
    return [branch.target for branch in node.branches if not is_settled(node, branch)]
