"""Rules about texts, attributes and names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from localconnect.graph import Graph, Node
from localconnect.language.document import identifier_problems
from localconnect.language.references import find_references
from localconnect.lint.finding import Context, Problem
from localconnect.lint.paths import reach
from localconnect.texts import LanguageGroup, attributes_set, language_groups

_PART = re.compile(r"\['([^']+)'\]|([A-Za-z0-9_-]+)")
_SEVERAL = 2


def language_gaps(graph: Graph, context: Context) -> Iterator[Problem]:
    for identifier, missing in dict.fromkeys(gap for group in language_groups(graph) for gap in _gaps(graph, group)):
        yield identifier, f"it does not set {missing}, which is set in another language; add it."


def _gaps(graph: Graph, group: LanguageGroup) -> Iterator[Problem]:
    names = {identifier: attributes_set(graph.nodes[identifier]).keys() for identifier in group.actions()}
    every = set().union(*names.values())
    for identifier, own in names.items():
        for missing in sorted(every - own):
            yield identifier, missing


def never_set(graph: Graph, context: Context) -> Iterator[Problem]:
    flow_names, contact_names = _names_set(graph, "UpdateFlowAttributes"), set[str]()
    for other in context.graphs:
        contact_names |= _names_set(other, "UpdateContactAttributes")
    answered = _after_functions(graph)
    for node in graph.nodes.values():
        for reference in dict.fromkeys(find_references(_written(node))):
            root, name = [*_parts(reference), "", ""][:_SEVERAL]
            if root == "FlowAttributes" and name not in flow_names:
                yield node.identifier, f"it reads {reference}, which no action of this flow sets; set it or correct it."
            if root == "Attributes" and context.whole and name not in contact_names:
                yield node.identifier, f"it reads {reference}, which no flow here sets; set it or correct it."
            if root in ("External", "LambdaInvocation") and node.identifier not in answered:
                yield node.identifier, f"it reads {reference}, but no function is called before it; call one."


def unread(graph: Graph, context: Context) -> Iterator[Problem]:
    written = (find_references(_written(node)) for node in graph.nodes.values())
    read = {parts[1] for references in written for parts in map(_parts, references) if _is_flow_attribute(parts)}
    for node in graph.nodes.values():
        for name in attributes_set(node) if node.type == "UpdateFlowAttributes" else ():
            if name not in read:
                yield node.identifier, f"it sets the flow attribute {name}, which nothing in this flow reads."


def forbidden_identifiers(graph: Graph, context: Context) -> Iterator[Problem]:
    for identifier in graph.nodes:
        for problem in identifier_problems(identifier):
            yield identifier, f"it {problem}"


def _written(node: Node) -> str:
    """All of an action's text in which references may stand, operands of conditions included."""
    return json.dumps([node.parameters, [branch.label for branch in node.branches]], ensure_ascii=False)


def _parts(reference: str) -> list[str]:
    return [quoted or plain for quoted, plain in _PART.findall(reference[1:])]


def _is_flow_attribute(parts: list[str]) -> bool:
    return len(parts) >= _SEVERAL and parts[0] == "FlowAttributes"


def _names_set(graph: Graph, action_type: str) -> set[str]:
    return {name for node in graph.nodes.values() if node.type == action_type for name in attributes_set(node)}


def _after_functions(graph: Graph) -> set[str]:
    """The actions that a way leads to from a function call, or from what gives back what one answered."""
    calls = [node for node in graph.nodes.values() if "Lambda" in node.type]
    return reach(graph, [target for node in calls for target in graph.targets(node.identifier)], unlikely=True)
