"""The rules by their codes. A code is never given to another rule; a rule that goes leaves a gap."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from localconnect.graph import Graph
from localconnect.lint import attributes, inputs, paths
from localconnect.lint.finding import SECRET_WORDS, Context, Finding, Rule

RULES = (
    Rule(
        "LC001",
        "unreachable-action",
        "warning",
        "No way leads to the action from the start: it was left behind, or a branch was forgotten.",
        paths.unreachable,
    ),
    Rule(
        "LC002",
        "dangling-transition",
        "error",
        "A transition names an action that is not there, or an action that needs a NextAction has none.",
        paths.dangling,
    ),
    Rule(
        "LC003",
        "endless-loop",
        "error",
        "Actions lead only to each other, and none waits for the caller or counts: the call goes round until the "
        "service ends it. In queue and hold flows a prompt may repeat: an agent takes the contact out.",
        paths.endless,
    ),
    Rule(
        "LC004",
        "input-without-branch",
        "error",
        "An input has no branch for the time-out, for a wrong key or for an error: the caller is cut off.",
        inputs.input_without_branch,
    ),
    Rule(
        "LC005",
        "secret-in-clear",
        "warning",
        "What is asked, or the name under which it is passed on, says that a stored input is a secret, and it is not "
        "encrypted: it stands in logs and in the function's events. The words are those of --secret.",
        inputs.secret_in_clear,
    ),
    Rule(
        "LC006",
        "function-without-error",
        "warning",
        "A function call has no error branch, or one that leads where success leads: $.External is empty there.",
        inputs.function_without_error,
    ),
    Rule(
        "LC007",
        "language-gap",
        "warning",
        "Of the actions that set texts by language (a Compare on the language leads to them, or they follow the one "
        "that sets it) one lacks a name that another sets: callers of that language hear nothing.",
        attributes.language_gaps,
    ),
    Rule(
        "LC008",
        "attribute-never-set",
        "warning",
        "An attribute is read that nothing sets: a flow attribute in its flow, $.External before any function call or, "
        "when a template is linted, a contact attribute in the whole instance.",
        attributes.never_set,
    ),
    Rule(
        "LC009",
        "forbidden-identifier",
        "error",
        'An Identifier is longer than 50 characters or forbidden (page "Amazon Connect Flow language").',
        attributes.forbidden_identifiers,
    ),
    Rule(
        "LC010",
        "attribute-never-read",
        "note",
        "A flow attribute, a prompt's text perhaps, is set and nothing in the flow reads it.",
        attributes.unread,
    ),
)


def lint(
    graphs: Sequence[Graph], *, whole: bool = False, secret_words: tuple[str, ...] = SECRET_WORDS
) -> list[Finding]:
    """What is found in ``graphs``, flow by flow and rule by rule. ``whole``: they are all the flows of an instance."""
    context = Context(graphs, whole, secret_words)
    return [finding for graph in graphs for rule in RULES for finding in _findings(rule, graph, context)]


def _findings(rule: Rule, graph: Graph, context: Context) -> Iterator[Finding]:
    for action, sentence in rule.check(graph, context):
        yield Finding(rule, graph.file, action, sentence)
