"""Rules about what callers enter, and about functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from localconnect.graph import Graph, Node
from localconnect.language.references import find_references
from localconnect.language.schema import rule_for
from localconnect.lint.finding import Context, Problem
from localconnect.texts import attributes_set, possible_texts

_INPUTS = frozenset({"ConnectParticipantWithLexBot", "GetParticipantInput"})
_STORED = "$.StoredCustomerInput"
_FUNCTION = "InvokeLambdaFunction"


def input_without_branch(graph: Graph, context: Context) -> Iterator[Problem]:
    for node in graph.nodes.values():
        rule = rule_for(node.type, node.parameters) if node.type in _INPUTS else None
        caught = {branch.label for branch in node.branches if branch.kind == "error"}
        for error in sorted(rule.must_catch - caught if rule else ()):
            yield node.identifier, f"it has no branch for {error}; say what the caller hears then."


def secret_in_clear(graph: Graph, context: Context) -> Iterator[Problem]:
    for node in graph.nodes.values():
        if _stores(node) and "InputEncryption" not in node.parameters and not _is_phone_number(node):
            word = _secret_word(_words_asked(graph, node), context.secret_words)
            name = _secret_word(map(_spaced, _names_used(graph, node)), context.secret_words)
            if word or name:
                how = f'asks for "{word}"' if word else f'is passed on as "{name}"'
                yield node.identifier, f"its input {how} and is stored in clear; add InputEncryption."


def _stores(node: Node) -> bool:
    return node.type == "GetParticipantInput" and str(node.parameters.get("StoreInput", "")).casefold() == "true"


def _is_phone_number(node: Node) -> bool:
    """Such an input cannot be encrypted (page "GetParticipantInput")."""
    return "PhoneNumberValidation" in (node.parameters.get("InputValidation") or ())


def _words_asked(graph: Graph, node: Node) -> Iterator[str]:
    prompt = str(node.parameters.get("Text") or node.parameters.get("SSML") or "")
    yield prompt
    for reference in find_references(prompt):
        yield from (text for text in possible_texts(graph, reference) if text != reference)


def _names_used(graph: Graph, node: Node) -> Iterator[str]:
    """The names under which the input is passed on, until another one is stored."""
    seen: set[str] = set()
    waiting = graph.targets(node.identifier)
    while waiting:
        following = graph.nodes[waiting.pop()]
        if following.identifier not in seen and not _stores(following):
            seen.add(following.identifier)
            waiting += graph.targets(following.identifier)
            yield from (name for name, value in _passed_on(following).items() if value == _STORED)


def _passed_on(node: Node) -> Mapping[str, Any]:
    sent = node.parameters.get("LambdaInvocationAttributes", {})
    return {**attributes_set(node), **(sent if isinstance(sent, Mapping) else {})}


def _spaced(name: str) -> str:
    """ "cardNumber" and "card_number" as "card number"."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|[_-]", " ", name)


def _secret_word(texts: Iterable[str], words: Iterable[str]) -> str:
    """The first of ``words`` that stands in one of ``texts``; Latin ones as a word, for a pin is not in shopping."""
    for text in texts:
        for word in words:
            pattern = rf"\b{re.escape(word)}s?\b" if word.isascii() else re.escape(word)
            if re.search(pattern, text, re.IGNORECASE):
                return word
    return ""


def function_without_error(graph: Graph, context: Context) -> Iterator[Problem]:
    for node in graph.nodes.values():
        if node.type == _FUNCTION and node.parameters.get("InvocationType") != "ASYNCHRONOUS":
            failures = {branch.target for branch in node.branches if branch.kind == "error"}
            if not failures:
                yield node.identifier, "it has no error branch; say what happens when the function fails or is late."
            elif failures == {node.next_action}:
                yield (
                    node.identifier,
                    f'it goes on to "{node.next_action}" when the function fails too; tell these apart.',
                )
