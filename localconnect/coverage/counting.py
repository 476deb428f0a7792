"""Which actions and branches calls have taken, and which of those there are test cases have reached.

What no test case can bring about is left out of the reckoning: see :mod:`localconnect.coverage.limits`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from localconnect.arns import resource_id, stable_id
from localconnect.call import Observer
from localconnect.coverage.limits import can_be_reached, reachable_actions
from localconnect.flow import Action, Flow
from localconnect.graph import SUCCESS, Branch, Graph, Node
from localconnect.instance import Instance
from localconnect.language.references import find_references
from localconnect.language.rules import NO_MATCHING_ERROR


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of one flow: how often each action and branch that a test case can reach was taken, those never taken too."""

    graph: Graph
    actions: Mapping[str, int]
    branches: Mapping[Branch, int]

    def missed_actions(self) -> list[str]:
        return [identifier for identifier, count in self.actions.items() if not count]

    def missed_branches(self) -> list[Branch]:
        return [branch for branch, count in self.branches.items() if not count]


class Reached(Observer):
    """Counts what the calls that it watches take; ``coverage`` sets that against what there is."""

    def __init__(self) -> None:
        self._taken: Counter[tuple[str, str]] = Counter()
        self._left: Counter[tuple[str, str, str, str]] = Counter()
        self._finished: tuple[str, str, str] | None = None

    def action_started(self, flow: Flow, action: Action, parameters: Mapping[str, Any]) -> None:
        unique = resource_id(flow.arn)
        self._taken[unique, action.identifier] += 1
        if self._finished:
            self._leave(action.identifier if self._finished[0] == unique else "")

    def action_finished(self, flow: Flow, action: Action, outcome: str, detail: str) -> None:
        if self._finished:
            self._leave("")
        self._finished = resource_id(flow.arn), action.identifier, outcome

    def _leave(self, following: str) -> None:
        """The action that finished last is followed by this one, or none of its flow."""
        if self._finished:
            self._left[(*self._finished, following)] += 1
        self._finished = None

    def coverage(self, instance: Instance, graphs: Iterable[Graph]) -> list[Coverage]:
        """Of each flow in ``graphs``, which are those of the template that ``instance`` was built from."""
        self._leave("")
        return [self._of(graph, stable_id(instance.account, instance.region, graph.name)) for graph in graphs]

    def _of(self, graph: Graph, unique: str) -> Coverage:
        counts: Counter[Branch] = Counter()
        for (flow, identifier, outcome, following), count in self._left.items():
            if flow == unique and (branch := taken_branch(graph.nodes[identifier], outcome, following)):
                counts[branch] += count
        reachable = reachable_actions(graph)
        nodes = [node for node in graph.nodes.values() if node.identifier in reachable]
        return Coverage(
            graph,
            {node.identifier: self._taken[unique, node.identifier] for node in nodes},
            {branch: counts[branch] for node in nodes for branch in node.branches if can_be_reached(graph, branch)},
        )


def taken_branch(node: Node, outcome: str, following: str) -> Branch | None:
    """The branch of an action with this ``outcome`` (as action_finished has it) which led to ``following``.

    Conditions with one operand are told apart by where they lead, and those whose operand is a reference by that alone.
    An error without a branch of its own takes that of NoMatchingError.
    """
    written = [b for b in node.branches if b.kind == "condition" and b.label == outcome]
    referring = [b for b in node.branches if b.kind == "condition" and find_references(b.label)]
    others = [b for b in node.branches if b.kind != "condition" and b.label == outcome]
    fallback = [b for b in node.branches if b.kind == "error" and b.label == NO_MATCHING_ERROR and outcome != SUCCESS]
    candidates = written or others or referring or fallback
    return next((branch for branch in candidates if branch.target == following), next(iter(candidates), None))


def share(reached: int, of: int) -> float:
    """In per cent; all of nothing is 100."""
    return 100 * reached / of if of else 100.0


def branch_share(coverages: Iterable[Coverage]) -> float:
    """The branches reached, of those that count, in per cent."""
    counts = [count for coverage in coverages for count in coverage.branches.values()]
    return share(sum(map(bool, counts)), len(counts))
