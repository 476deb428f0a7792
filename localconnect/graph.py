"""A flow as it is written: its actions and the branches between them, for those who read it rather than run it.

Unlike :mod:`localconnect.language.document` this takes a flow that Amazon Connect would refuse, as long as it has the
shape of one, and leaves a template's ``${Placeholders}`` as they stand: no parameter's value is needed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from localconnect.language.document import InvalidFlow
from localconnect.template import CONTENT_TYPES, content_files, inline_content, load

SUCCESS = "Success"

# Their success ends the flow: a NextAction, which the console writes all the same, is never followed.
_LEAVES_THE_FLOW = frozenset(
    {"DequeueContactAndTransferToQueue", "TransferContactToAgent", "TransferContactToQueue", "TransferToFlow"}
)


@dataclass(frozen=True, slots=True)
class Branch:
    """A way out of an action. ``label``: "Success", the operand of a condition, or an ErrorType.

    ``target`` is empty where the contact leaves the flow; ``operator`` is that of a condition, empty otherwise.
    """

    source: str
    kind: Literal["success", "condition", "error"]
    label: str
    target: str
    operator: str = ""


@dataclass(frozen=True, slots=True)
class Node:
    """An action as written. ``next_action`` is what Transitions name, whether it is ever followed or not."""

    identifier: str
    type: str
    parameters: Mapping[str, Any]
    next_action: str | None
    branches: tuple[Branch, ...]


@dataclass(frozen=True, slots=True)
class Graph:
    """``name`` is the flow's logical id in its template, or the file's name without its ending.

    ``kind`` is the Type of AWS::Connect::ContactFlow, or MODULE; of two actions with one identifier the first is here.
    """

    file: str
    name: str
    kind: str
    start: str
    nodes: Mapping[str, Node]

    def branches(self) -> Iterator[Branch]:
        for node in self.nodes.values():
            yield from node.branches

    def targets(self, identifier: str) -> list[str]:
        """The actions that may follow this one; such as the flow does not have are left out."""
        return [branch.target for branch in self.nodes[identifier].branches if branch.target in self.nodes]


def read_graph(text: str, *, file: str, name: str, kind: str | None = None) -> Graph:
    """Read the text of a flow; without ``kind``, it is a MODULE if it has Settings. Raises InvalidFlow."""
    try:
        document = json.loads(text)
    except ValueError as error:
        raise InvalidFlow([f"{file}: this is no JSON: {error}."]) from error
    if isinstance(document, dict) and "modules" in document and "Actions" not in document:
        raise InvalidFlow([f"{file}: this is an export in the console's old format; save and export the flow again."])
    try:
        nodes = [_read_node(action) for action in document["Actions"]]
        start = str(document["StartAction"])
    except (TypeError, KeyError, IndexError, AttributeError) as error:
        raise InvalidFlow([f"{file}: this has not the shape of a flow ({error!r}); check it first."]) from error
    by_name = {node.identifier: node for node in reversed(nodes)}
    ordered = {node.identifier: by_name[node.identifier] for node in nodes}
    return Graph(file, name, kind or ("MODULE" if "Settings" in document else "CONTACT_FLOW"), start, ordered)


def read_file(path: Path) -> Graph:
    """Raises InvalidFlow."""
    try:
        return read_graph(path.read_text(encoding="utf-8"), file=str(path), name=path.stem)
    except OSError as error:
        raise InvalidFlow([f"{path}: cannot be read ({error.strerror})."]) from error
    except UnicodeDecodeError as error:
        raise InvalidFlow([f"{path}: this is no text in UTF-8."]) from error


def read_template(path: Path) -> list[Graph]:
    """The flows and modules of a template, in its order. Raises TemplateError and InvalidFlow."""
    template = load(path)
    files = content_files(template, path.parent)
    resources = inline_content(template, path.parent)["Resources"]
    return [
        read_graph(
            _text(resource["Properties"].get("Content")),
            file=_short(files[logical_id]) if logical_id in files else f"{path}: {logical_id}",
            name=logical_id,
            kind=str(resource["Properties"].get("Type", "MODULE")),
        )
        for logical_id, resource in resources.items()
        if resource.get("Type") in CONTENT_TYPES and resource["Type"] != "AWS::Connect::TestCase"
    ]


def _short(file: Path) -> str:
    """As one would write it from here, where that is shorter."""
    whole, here = file.resolve(), Path.cwd()
    return str(whole.relative_to(here)) if whole.is_relative_to(here) else str(file)


def _text(content: Any) -> str:
    substituted = content.get("Fn::Sub") if isinstance(content, dict) else content
    return str(substituted[0] if isinstance(substituted, list) else substituted)


def _read_node(action: Mapping[str, Any]) -> Node:
    identifier, transitions = str(action["Identifier"]), action.get("Transitions") or {}
    next_action = transitions.get("NextAction") or None
    return Node(
        identifier,
        str(action["Type"]),
        dict(action.get("Parameters") or {}),
        next_action,
        tuple(_branches(identifier, str(action["Type"]), next_action, transitions)),
    )


def _branches(source: str, kind: str, next_action: str | None, transitions: Mapping[str, Any]) -> Iterator[Branch]:
    """NextAction beside Conditions is followed only where there may be no result to compare: a module may give none."""
    conditions = transitions.get("Conditions") or []
    if kind in _LEAVES_THE_FLOW:
        yield Branch(source, "success", SUCCESS, "")
    elif next_action is not None and (not conditions or kind == "InvokeFlowModule"):
        yield Branch(source, "success", SUCCESS, next_action)
    for branch in conditions:
        condition = branch["Condition"]
        operands = " ".join(str(operand) for operand in condition.get("Operands", []))
        yield Branch(source, "condition", operands, branch["NextAction"], str(condition.get("Operator", "")))
    for error in transitions.get("Errors") or []:
        yield Branch(source, "error", error["ErrorType"], error["NextAction"])
