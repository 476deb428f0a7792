import json
from datetime import UTC, datetime, timedelta

import pytest

from localconnect.clock import TurnedClock
from tests.unit.localconnect.flows import Functions, action, call, instance, menu, say, spoken, store, typed

TWO_MENUS = (menu("one", {"1": "two"}, "One?", InputTimeLimitExceeded="one"), menu("two", {"2": "end"}, "Two?"))


def test_each_wait_for_a_key_gets_the_next_group() -> None:
    record = call(instance(*TWO_MENUS), "1,2")
    assert [(line.speaker, line.text) for line in record.transcript] == [
        ("system", "One?"),
        ("caller", "1"),
        ("system", "Two?"),
        ("caller", "2"),
    ]
    assert record.ended.reason == "flow ended"


def test_an_empty_group_is_silence_until_the_time_out() -> None:
    record = call(instance(*TWO_MENUS), ",,1,2")
    assert spoken(record) == ["One?", "One?", "One?", "Two?"]
    first, second = (datetime.fromisoformat(line.at) for line in record.transcript[:2])
    assert second - first == timedelta(seconds=5)


def test_after_the_last_group_the_caller_is_silent_and_in_the_end_hangs_up() -> None:
    clock = TurnedClock(datetime(2026, 1, 1, tzinfo=UTC))
    record = call(instance(*TWO_MENUS), "", clock=clock)
    assert record.ended.reason == "caller hung up"
    assert timedelta(minutes=30) < clock.now() - datetime(2026, 1, 1, tzinfo=UTC) < timedelta(minutes=31)


@pytest.mark.parametrize("keys", ["1 2", "a", "1,x"])
def test_other_characters_are_refused(keys: str) -> None:
    with pytest.raises(ValueError, match="is no group of keys; write keys 0-9"):
        call(instance(*TWO_MENUS), keys)


def test_an_event_may_be_delivered_several_times() -> None:
    ask = {"LambdaFunctionARN": "f", "InvocationTimeLimitSeconds": "8"}
    line = instance(action("ask", "InvokeLambdaFunction", ask, "say"), say("say", "$.External.n"))
    functions = Functions()
    functions = Functions(lambda event: {"n": str(len(functions.events))})
    record = call(line, functions=functions, deliver=3)
    assert spoken(record) == ["3"]
    assert functions.events == [functions.events[0]] * 3


def test_the_record_is_json() -> None:
    line = instance(
        store("pin", "remember"),
        action("remember", "UpdateContactAttributes", {"Attributes": {"typed": "$.StoredCustomerInput"}}, "end"),
    )
    record = call(line, "12#", clock=TurnedClock(datetime(2026, 1, 1, tzinfo=UTC)))
    assert typed(record) == ["12#"]
    at = "2026-01-01T00:00:00.000+00:00"
    written = json.loads(json.dumps(record.to_json()))
    assert written["transcript"] == [
        {"at": at, "speaker": "system", "text": "Type.", "language": "en-US"},
        {"at": at, "speaker": "caller", "text": "12#", "language": None},
    ]
    assert written["actions"][0] == {
        "at": at,
        "flow": "main",
        "identifier": "pin",
        "type": "GetParticipantInput",
        "outcome": "Success",
        "detail": "",
    }
    assert written["attributes"] == {"typed": "12"}
    assert written["ended"] == {"reason": "flow ended", "detail": "DisconnectParticipant 'end' in 'main'"}
    assert written["queue"] is None
