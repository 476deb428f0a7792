"""What the flow attributes of a flow may hold, as it is written: the words behind ``$.FlowAttributes.Greeting``.

Which of them a language has is found without a convention for names: see :func:`language_groups`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from localconnect.graph import Graph, Node
from localconnect.language.references import find_references

FLOW_ATTRIBUTES = "$.FlowAttributes."
_SETS = {"UpdateFlowAttributes": "FlowAttributes", "UpdateContactAttributes": "Attributes"}


@dataclass(frozen=True, slots=True)
class LanguageGroup:
    """Actions that set texts, one a language. ``setters``: by language, as the flow writes it.

    ``default`` is the action of whoever chose no language, empty if there is none.
    """

    setters: Mapping[str, str]
    default: str = ""

    def actions(self) -> list[str]:
        return list(dict.fromkeys([*self.setters.values(), *([self.default] if self.default else [])]))


def attributes_set(node: Node) -> dict[str, str]:
    """The names that an action sets, flow or contact attributes, and what it sets them to, as written."""
    entries = node.parameters.get(_SETS.get(node.type, ""), {})
    if not isinstance(entries, Mapping):
        return {}
    return {name: _value(entry) for name, entry in entries.items()}


def _value(entry: Any) -> str:
    return str(entry.get("Value", "")) if isinstance(entry, Mapping) else str(entry)


def is_language(reference: Any) -> bool:
    """Whether ``$.LanguageCode``, or an attribute whose name says that it is a language."""
    last = str(reference).rsplit(".", 1)[-1].strip("[]'").casefold()
    return str(reference).startswith("$") and any(word in last for word in ("lang", "locale", "语言", "語言"))


def language_groups(graph: Graph) -> list[LanguageGroup]:
    """Where a flow sets texts by language, in either of two ways; a group has two actions or more.

    A Compare on the language leads straight to the actions that set the texts, or an action that sets the language is
    followed by one that does, with none but other updates between.
    """
    compares = [node for node in graph.nodes.values() if node.type == "Compare"]
    groups = [_compared(graph, node) for node in compares if is_language(node.parameters.get("ComparisonValue"))]
    return [group for group in (*groups, _chosen(graph)) if len(group.actions()) > 1]


def _compared(graph: Graph, compare: Node) -> LanguageGroup:
    setting = [b for b in compare.branches if b.target in graph.nodes and attributes_set(graph.nodes[b.target])]
    setters = {branch.label: branch.target for branch in setting if branch.kind == "condition"}
    return LanguageGroup(setters, next((branch.target for branch in setting if branch.kind == "error"), ""))


def _chosen(graph: Graph) -> LanguageGroup:
    setters = {}
    for node in graph.nodes.values():
        for language in _languages_set(node):
            if texts := _texts_after(graph, node):
                setters[language] = texts
    return LanguageGroup(setters)


def _languages_set(node: Node) -> list[str]:
    """The languages that an action sets the contact to."""
    named = [value for name, value in attributes_set(node).items() if is_language(f"$.{name}")]
    values = [str(node.parameters["LanguageCode"])] if "LanguageCode" in node.parameters else named
    return [value for value in values if value and not find_references(value)]


def _texts_after(graph: Graph, node: Node) -> str:
    seen = {node.identifier}
    while (following := node.next_action or "") in graph.nodes and following not in seen:
        seen.add(following)
        node = graph.nodes[following]
        if node.type == "UpdateFlowAttributes":
            return node.identifier
        if not node.type.startswith("Update"):
            break
    return ""


def flow_texts(graph: Graph) -> dict[str, list[tuple[str, str]]]:
    """By name of a flow attribute, each action that sets it and to what."""
    texts: dict[str, list[tuple[str, str]]] = {}
    for node in graph.nodes.values():
        if node.type == "UpdateFlowAttributes":
            for name, value in attributes_set(node).items():
                texts.setdefault(name, []).append((node.identifier, value))
    return texts


def possible_texts(graph: Graph, text: str) -> list[str]:
    """``text``, and for one reference to a flow attribute each of the texts that the flow sets it to."""
    references = find_references(text)
    if references == [text] and text.startswith(FLOW_ATTRIBUTES):
        return [value for _, value in flow_texts(graph).get(text.removeprefix(FLOW_ATTRIBUTES), [])]
    return [text]


def texts_in(graph: Graph, language: str) -> dict[str, str]:
    """What the flow attributes hold for callers of ``language`` ("en" finds "en-US", it finds "en"; else the default).

    Those that are set apart from languages are here where the flow has but one, constant, text for them.
    """
    texts = {name: texts[0][1] for name, texts in flow_texts(graph).items() if len({text for _, text in texts}) == 1}
    for group in language_groups(graph):
        setter = _setter(group, language)
        if setter and graph.nodes[setter].type == "UpdateFlowAttributes":
            texts |= attributes_set(graph.nodes[setter])
    return {name: text for name, text in texts.items() if not find_references(text)}


def _setter(group: LanguageGroup, language: str) -> str:
    """The action for ``language``, for the same without its region, for whoever chose none, or else the first."""
    wanted = language.casefold()
    setters = {tag.casefold(): setter for tag, setter in group.setters.items()}
    regional = (setter for tag, setter in setters.items() if wanted and tag.split("-")[0] == wanted)
    known = [setters.get(wanted, ""), setters.get(wanted.split("-")[0], ""), *regional, group.default]
    return next(setter for setter in (*known, *setters.values()) if setter)
