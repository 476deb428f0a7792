"""What a picture says: the words of boxes and of the lines between them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from localconnect.graph import Branch, Node
from localconnect.language.references import find_references
from localconnect.speech import plain_text
from localconnect.texts import FLOW_ATTRIBUTES, attributes_set

_FAMILIES = {
    "ask": {"GetParticipantInput", "ConnectParticipantWithLexBot", "ShowView"},
    "say": {"MessageParticipant", "MessageParticipantIteratively", "Wait"},
    "decide": {"Compare", "Loop", "CheckHoursOfOperation", "CheckMetricData", "DistributeByPercentage"},
    "end": {"DisconnectParticipant"},
}
FAMILIES = {
    "say": "says",
    "ask": "asks",
    "decide": "decides",
    "set": "sets",
    "call": "calls a function, a module, a service",
    "end": "ends, transfers",
}
"""What the boxes of each family do."""

_SHORT = {
    "NoMatchingError": "error",
    "NoMatchingCondition": "other",
    "InputTimeLimitExceeded": "time-out",
    "ContinueLooping": "again",
    "DoneLooping": "no more",
    "QueueAtCapacity": "full",
}
_OPERATORS = {
    "NumberGreaterThan": "> ",
    "NumberGreaterOrEqualTo": "≥ ",
    "NumberLessThan": "< ",
    "NumberLessOrEqualTo": "≤ ",
    "TextStartsWith": "starts with ",
    "TextEndsWith": "ends with ",
    "TextContains": "contains ",
}
_THEN = "then"
_MOST_ENTRIES = 4


def family(node: Node) -> str:
    if node.type.startswith(("Update", "Tag", "UnTag")) or "EnableDTMFBuffer" in node.parameters:
        return "set"
    if node.type.startswith(("Transfer", "Dequeue", "End")):
        return "end"
    return next((name for name, types in _FAMILIES.items() if node.type in types), "call")


def branches_words(branches: Sequence[Branch]) -> str:
    """Of conditions what they compare with, of errors what happened, of success "then"; success alone says nothing."""
    words = list(dict.fromkeys(_OPERATORS.get(branch.operator, "") + _shortened(branch) for branch in branches))
    if words == [_THEN]:
        return ""
    return f"then, or {', '.join(words[1:])}" if words[0] == _THEN else ", ".join(words)


def _shortened(branch: Branch) -> str:
    return _THEN if branch.kind == "success" else _SHORT.get(branch.label, branch.label)


def spoken(node: Node, texts: Mapping[str, str]) -> str:
    """The words of a prompt with ``texts`` filled in; a reference that they do not have stands in brackets."""
    written = str(node.parameters.get("Text") or node.parameters.get("SSML") or "")
    for reference in find_references(written):
        name = reference.removeprefix(FLOW_ATTRIBUTES)
        written = written.replace(reference, texts.get(name, f"[{reference.removeprefix('$.')}]"), 1)
    return plain_text(written) if "<speak>" in written or "SSML" in node.parameters else written


def details(node: Node) -> Iterator[str]:
    """What an action without a prompt works on, a line each."""
    parameters = node.parameters
    entries = {**attributes_set(node), **parameters.get("LambdaInvocationAttributes", {})}
    yield from (f"{name} = {value}" for name, value in list(entries.items())[:_MOST_ENTRIES])
    if len(entries) > _MOST_ENTRIES:
        yield f"and {len(entries) - _MOST_ENTRIES} more"
    for name in ("ComparisonValue", "FlowModuleId", "ContactFlowId", "QueueId", "HoursOfOperationId", "LoopCount"):
        if name in parameters:
            yield (
                f"{parameters[name]} times" if name == "LoopCount" else re.sub(r"^\$\{(.*)\}$", r"\1", parameters[name])
            )
    for name in ("TextToSpeechVoice", "LanguageCode", "TimeLimitSeconds", "FlowLoggingBehavior", "EnableDTMFBuffer"):
        if name in parameters:
            yield f"{name} = {parameters[name]}"
    yield from (f"{hook}: {flow}" for hook, flow in parameters.get("EventHooks", {}).items())


def wrap(text: str, width: float, most: int) -> list[str]:
    """``text`` in at most ``most`` lines of ``width`` em; the last ends with "…" where there was more."""
    lines, line = [], ""
    for piece in re.findall(r"[\x00-\u2e7f]+?(?:\s+|$|(?=[\u2e80-\uffff]))|[\u2e80-\uffff]", text.strip()):
        if line and measure(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
        line += piece
        while measure(line.rstrip()) > width:  # one word that is wider than the box
            cut = next(size for size in range(len(line), 0, -1) if measure(line[:size]) <= width)
            lines.append(line[:cut])
            line = line[cut:]
    lines += [line.rstrip()] if line.strip() else []
    return lines if len(lines) <= most else [*lines[: most - 1], lines[most - 1][:-1] + "…"]


def cut(text: str, width: float) -> str:
    """As much of ``text`` as fits in ``width`` em."""
    if measure(text) <= width:
        return text
    return next(text[:size] for size in range(len(text), -1, -1) if measure(text[:size]) <= width - 1) + "…"


def measure(text: str) -> float:
    """About how wide ``text`` is, in em."""
    return sum(1.0 if unicodedata.east_asian_width(c) in "WF" else 0.3 if c in "ijl.,:;'|I! " else 0.55 for c in text)
