"""Test cases being run: StartTestCaseExecution, StopTestCaseExecution, GetTestCaseExecutionSummary,
ListTestCaseExecutions, ListTestCaseExecutionRecords.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from threading import Thread
from typing import Any, Literal
from uuid import uuid4

from localconnect.api.cases import find_case
from localconnect.api.errors import ApiError
from localconnect.api.paging import page
from localconnect.api.resources import source_of
from localconnect.api.service import Service
from localconnect.arns import resource_id
from localconnect.call import Observer, UnknownResource
from localconnect.clock import TurnedClock
from localconnect.flow import Action, Flow
from localconnect.testing import Case, CaseResult, run_case

Status = Literal["IN_PROGRESS", "PASSED", "FAILED", "STOPPED"]

_log = logging.getLogger(__name__)


class _Stopped(Exception):
    """Somebody has stopped the execution."""


@dataclass(slots=True, eq=False, kw_only=True)
class Execution(Observer):
    """A run of a test case, which watches its call. ``result`` is None until it is over, and when it was stopped."""

    id: str
    case_id: str
    case: Case
    client_token: str | None
    started_at: datetime
    ended_at: datetime | None = None
    status: Status = "IN_PROGRESS"
    result: CaseResult | None = None

    def action_started(self, flow: Flow, action: Action, parameters: Mapping[str, Any]) -> None:
        if self.status == "STOPPED":
            raise _Stopped

    def states(self) -> Mapping[str, str]:
        """How each observation fared."""
        return self.result.observations if self.result else dict.fromkeys(self.case.observations, "not reached")


_FILTERS: Mapping[str, Callable[[Execution, Any], bool]] = {
    "TestCaseId": lambda execution, case: execution.case_id == resource_id(case),
    "TestCaseName": lambda execution, name: execution.case.name == name,
    "Status": lambda execution, status: execution.status == status,
    "StartTime": lambda execution, moment: execution.started_at.timestamp() >= _seconds(moment),
    "EndTime": lambda execution, moment: execution.started_at.timestamp() <= _seconds(moment),
}


def start_test_case_execution(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Runs the case in a thread of its own; a ClientToken known already gives the execution that it began."""
    arn, case = find_case(service.instance, parameters["TestCaseId"])
    if source_of(service.instance, arn).get("Status") == "SAVED":
        raise ApiError("InvalidRequestException", f"The test case {case.name!r} is a draft; publish it to run it.")
    token = parameters.get("ClientToken")
    execution = _begun_by(service, token, arn) if token else None
    if execution is None:
        execution = Execution(
            id=str(uuid4()),
            case_id=resource_id(arn),
            case=case,
            client_token=token,
            started_at=service.clock.now(),
        )
        service.executions[execution.id] = execution
        Thread(target=_run, args=(service, execution), daemon=True).start()
    return {"TestCaseExecutionId": execution.id, "TestCaseId": execution.case_id, "Status": "INITIATED"}


def stop_test_case_execution(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The call ends before its next action. An execution that is over stays as it is."""
    execution = _find(service, parameters)
    if execution.status == "IN_PROGRESS":
        execution.ended_at = service.clock.now()
        execution.status = "STOPPED"
    return {}


def get_test_case_execution_summary(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    execution = _find(service, parameters)
    counts = Counter(_record_status(execution, state) for state in execution.states().values())
    return {
        **_times(execution),
        "Status": execution.status,
        "ObservationSummary": {
            "TotalObservations": len(execution.case.observations),
            "ObservationsPassed": counts["PASSED"],
            "ObservationsFailed": counts["FAILED"],
        },
    }


def list_test_case_executions(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The last that began comes first."""
    given = [(fits, parameters[name]) for name, fits in _FILTERS.items() if name in parameters]
    executions = reversed(service.executions.values())
    found = [_summary(execution) for execution in executions if all(fits(execution, value) for fits, value in given)]
    return page("TestCaseExecutions", found, parameters)


def list_test_case_execution_records(service: Service, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """One of each observation. Record is JSON: State, and of a case that failed the Failure and the Transcript."""
    execution = _find(service, parameters)
    records = [_record(execution, *observation) for observation in execution.states().items()]
    if "Status" in parameters:
        records = [record for record in records if record["Status"] == parameters["Status"]]
    return page("ExecutionRecords", records, parameters)


def _begun_by(service: Service, token: str, arn: str) -> Execution | None:
    begun = (e for e in service.executions.values() if e.client_token == token and e.case_id == resource_id(arn))
    return next(begun, None)


def _seconds(moment: datetime | int) -> float:
    """Since 1970. The model has changed: a time was once a number of seconds."""
    return moment.timestamp() if isinstance(moment, datetime) else moment


def _find(service: Service, parameters: Mapping[str, Any]) -> Execution:
    execution = service.executions.get(parameters["TestCaseExecutionId"])
    if execution is None or execution.case_id != resource_id(parameters["TestCaseId"]):
        raise UnknownResource(f"the test case has no execution {parameters['TestCaseExecutionId']!r}")
    return execution


def _run(service: Service, execution: Execution) -> None:
    clock = TurnedClock(execution.started_at)
    try:
        result = run_case(service.instance, execution.case, service.functions, clock=clock, observer=execution)
    except _Stopped:
        return
    except Exception as error:
        _log.exception("a test case broke")
        states = dict.fromkeys(execution.case.observations, "not reached")
        result = CaseResult(execution.case.name, "FAILED", 0, f"the test case could not run: {error}", [], states)
    if execution.status == "IN_PROGRESS":
        execution.result = result
        execution.ended_at = service.clock.now()
        execution.status = result.status


def _summary(execution: Execution) -> dict[str, Any]:
    return {
        **_times(execution),
        "TestCaseExecutionId": execution.id,
        "TestCaseId": execution.case_id,
        "TestCaseExecutionStatus": execution.status,
    }


def _times(execution: Execution) -> dict[str, datetime]:
    ended = {"EndTime": execution.ended_at} if execution.ended_at else {}
    return {"StartTime": execution.started_at, **ended}


def _record_status(execution: Execution, state: str) -> Status:
    """An observation that was not reached has failed when its case has: Amazon Connect has no word for it."""
    if execution.result is None:
        return execution.status
    if state == "matched" or execution.result.status == "PASSED":
        return "PASSED"
    return "FAILED"


def _record(execution: Execution, observation: str, state: str) -> dict[str, Any]:
    written: dict[str, Any] = {"State": state}
    if execution.result and execution.result.status == "FAILED":
        written["Failure"] = execution.result.failure
        written["Transcript"] = [asdict(line) for line in execution.result.transcript]
    return {
        "ObservationId": observation,
        "Status": _record_status(execution, state),
        "Timestamp": execution.ended_at or execution.started_at,
        "Record": json.dumps(written, ensure_ascii=False),
    }
