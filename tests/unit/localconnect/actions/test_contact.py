from itertools import islice
from typing import Any, ClassVar

import pytest

from localconnect.call import Call
from localconnect.clock import TurnedClock
from localconnect.contact import Contact, Recording
from localconnect.effects import Queued, Speak
from localconnect.engine import drive, run, run_call
from localconnect.language.document import compile_flow
from tests.unit.localconnect.flows import (
    ARN,
    CALLER,
    QUEUE,
    Functions,
    action,
    agent,
    call,
    detail,
    document,
    instance,
    menu,
    outcome,
    say,
    spoken,
)


def set_attributes(identifier: str, attributes: dict[str, str], then: str) -> dict[str, Any]:
    return action(identifier, "UpdateContactAttributes", {"Attributes": attributes}, then)


def contact_after(one: dict[str, Any]) -> Contact:
    """The contact, once ``one`` has been done."""
    line = instance(one, menu("wait", {"1": "end"}))
    contact = line.new_contact(customer_address=CALLER, clock=TurnedClock())
    next(run(line, contact, clock=TurnedClock()))
    return contact


class TestAttributes:
    def test_are_set_and_kept(self) -> None:
        line = instance(
            set_attributes("one", {"a": "1", "from": "$.CustomerEndpoint.Address"}, "two"),
            set_attributes("two", {"a": "2", "b": "$.Attributes.from"}, "end"),
        )
        assert call(line).attributes == {"a": "2", "from": CALLER, "b": CALLER}

    def test_all_or_nothing_past_32_kb(self) -> None:
        line = instance(
            set_attributes("small", {"a": "1"}, "big"),
            set_attributes("big", {"a": "2", "b": "x" * (32 * 1024 - 2)}, "end"),
        )
        record = call(line)
        assert record.attributes == {"a": "1"}
        assert spoken(record) == ["Error."]
        assert detail(record, "big") == "contact attributes would take 32,769 bytes; 32,768 are allowed"

    def test_32_kb_is_counted_in_bytes(self) -> None:
        fits = call(instance(set_attributes("set", {"a": "股" * 10_922}, "end")))
        assert outcome(fits, "set") == "Success"
        assert outcome(call(instance(set_attributes("set", {"a": "股" * 10_923}, "end"))), "set") == "NoMatchingError"


def test_contact_data() -> None:
    written = {"LanguageCode": "yue-CN", "Name": "n", "Description": "$.Channel", "CustomerId": "c"}
    contact = contact_after(action("data", "UpdateContactData", written, "wait"))
    assert (contact.language_code, contact.name, contact.description, contact.customer_id) == (
        "yue-CN",
        "n",
        "VOICE",
        "c",
    )


def test_more_contact_data() -> None:
    written = {
        "References": {"ticket": "$.Channel"},
        "WisdomSessionArn": "arn",
        "IsVoiceIdStreamingEnabled": "TRUE",
        "VoiceAuthenticationThreshold": 90,
    }
    contact = contact_after(action("data", "UpdateContactData", written, "wait"))
    assert contact.references == {"ticket": "VOICE"}
    assert contact.wisdom_session_arn == "arn"
    assert contact.voice_id == {"IsVoiceIdStreamingEnabled": "TRUE", "VoiceAuthenticationThreshold": "90"}


class TestRelatedContact:
    SET = action("set", "UpdateContactAttributes", {"Attributes": {"a": "1"}, "TargetContact": "Related"}, "data")
    DATA = action("data", "UpdateContactData", {"Name": "n", "TargetContact": "Related"}, "end")

    def test_is_written_instead(self) -> None:
        line = instance(self.SET, self.DATA)
        contact, related = (line.new_contact(customer_address=CALLER, clock=TurnedClock()) for _ in "12")
        contact.related = related
        drive(run(line, contact, clock=TurnedClock()), lambda effect: None)
        assert (contact.attributes, contact.name) == ({}, None)
        assert (related.attributes, related.name) == ({"a": "1"}, "n")

    def test_without_one_the_action_fails(self) -> None:
        assert detail(call(instance(self.SET, self.DATA)), "set") == "the contact has no related contact"


class TestTags:
    def test_are_set_read_and_removed(self) -> None:
        line = instance(
            action("tag", "TagContact", {"Tags": {"a": "$.Channel", "b": "2"}}, "untag"),
            action("untag", "UntagContact", {"TagKeys": ["b", "c"]}, "say"),
            say("say", "$.Tags.a-$.Tags.b"),
        )
        assert spoken(call(line)) == ["VOICE-"]

    def test_the_documentations_spelling_goes_too(self) -> None:
        assert outcome(call(instance(action("u", "UnTagContact", {"TagKeys": ["b"]}, "end"))), "u") == "Success"

    def test_six_at_most(self) -> None:
        one, two = ({str(number): "x" for number in range(first, first + 4)} for first in (0, 4))
        record = call(
            instance(
                action("one", "TagContact", {"Tags": one}, "two"), action("two", "TagContact", {"Tags": two}, "end")
            )
        )
        assert detail(record, "two") == "the contact would have 8 tags; 6 are allowed"

    def test_the_systems_own_cannot_be_set(self) -> None:
        record = call(instance(action("tag", "TagContact", {"Tags": {"aws:connect:x": "1"}}, "end")))
        assert detail(record, "tag") == "a tag whose name begins with aws: cannot be set"


class TestCallbackNumber:
    def after(self, number: str) -> str:
        line = instance(
            set_attributes("attribute", {"n": number}, "number"),
            action(
                "number",
                "UpdateContactCallbackNumber",
                {"CallbackNumber": "$.Attributes.n"},
                "end",
                errors={"InvalidCallbackNumber": "end", "CallbackNumberNotDialable": "end"},
            ),
        )
        return outcome(call(line), "number")

    @pytest.mark.parametrize(
        ("number", "result"),
        [
            ("+85221234567", "Success"),
            ("85221234567", "Success"),
            ("Timeout", "InvalidCallbackNumber"),
            ("+123", "InvalidCallbackNumber"),
            ("+15550000000", "CallbackNumberNotDialable"),
        ],
    )
    def test_is_checked(self, number: str, result: str) -> None:
        assert self.after(number) == result

    def test_a_chat_has_none(self) -> None:
        number = action("number", "UpdateContactCallbackNumber", {"CallbackNumber": "$.Attributes.n"}, "end")
        assert outcome(call(instance(number), channel="CHAT"), "number") == "InvalidCallbackNumber"


class TestRouting:
    STEPS: ClassVar = {
        "Steps": [
            {
                "Expression": {
                    "AttributeCondition": {
                        "Name": "$.Attributes.skill",
                        "Value": "Mandarin",
                        "ProficiencyLevel": "4.0",
                        "ComparisonOperator": "NumberGreaterOrEqualTo",
                    }
                },
                "Expiry": {"DurationInSeconds": "30"},
            }
        ]
    }

    def test_priority_and_age_are_noted(self) -> None:
        first = contact_after(action("r", "UpdateContactRoutingBehavior", {"QueuePriority": "1"}, "wait")).routing
        second = contact_after(
            action("r", "UpdateContactRoutingBehavior", {"QueueTimeAdjustmentSeconds": "-60"}, "wait")
        ).routing
        assert (first.priority, first.age) == (1, 0)
        assert (second.priority, second.age) == (5, -60)

    def test_so_is_a_hierarchy(self) -> None:
        proficiency = {"AgentHierarchyProficiency": {"AgentHierarchy": "$.Channel", "ExpirationSeconds": "60"}}
        behavior = {"RoutingProficiencies": proficiency}
        routing = contact_after(action("r", "UpdateContactRoutingBehavior", behavior, "wait")).routing
        assert routing.proficiencies == {
            "AgentHierarchyProficiency": {"AgentHierarchy": "VOICE", "ExpirationSeconds": "60"}
        }

    @pytest.mark.parametrize("action_type", ["UpdateContactRoutingCriteria", "UpdateRoutingCriteria"])
    def test_criteria_are_noted(self, action_type: str) -> None:
        criteria = contact_after(action("r", action_type, {"RoutingCriteria": self.STEPS}, "wait")).routing.criteria
        assert criteria is not None
        assert criteria["Steps"][0]["Expiry"] == {"DurationInSeconds": "30"}

    @pytest.mark.parametrize(("answer", "result"), [({"c": STEPS}, "Success"), ({"c": "x"}, "NoMatchingError")])
    def test_criteria_may_come_from_a_function(self, answer: dict[str, Any], result: str) -> None:
        ask = {
            "LambdaFunctionARN": "f",
            "InvocationTimeLimitSeconds": "8",
            "ResponseValidation": {"ResponseType": "JSON"},
        }
        line = instance(
            action("ask", "InvokeLambdaFunction", ask, "r"),
            action("r", "UpdateContactRoutingCriteria", {"RoutingCriteria": "$.External.c"}, "end"),
        )
        assert outcome(call(line, functions=Functions(lambda event: answer)), "r") == result


class TestRecordingAndAnalytics:
    VOICE = action(
        "record",
        "UpdateContactRecordingAndAnalyticsBehavior",
        {
            "VoiceBehavior": {"VoiceRecordingBehavior": {"RecordedParticipants": ["Agent"]}},
            "ScreenRecordingBehavior": {"ScreenRecordedParticipants": ["Agent"]},
        },
        "wait",
    )

    def test_recording_is_noted(self) -> None:
        assert contact_after(self.VOICE).recording == Recording(("Agent",), ("Agent",), False)

    def test_is_for_its_own_channel(self) -> None:
        line = instance(self.VOICE, say("wait", "Wait."))
        assert outcome(call(line, channel="CHAT"), "record") == "ChannelMismatch"


def test_the_voice_may_be_a_reference() -> None:
    line = instance(
        set_attributes("set", {"voice": "Zhiyu"}, "voice"),
        action("voice", "UpdateContactTextToSpeechVoice", {"TextToSpeechVoice": "$.Attributes.voice"}, "hi"),
        say("hi", "您好。"),
    )
    assert [entry.language for entry in call(line).transcript] == ["zh-CN"]


def test_recording_is_noted() -> None:
    behavior = {"RecordedParticipants": ["Agent", "Customer"], "IVRRecordingBehavior": "Enabled"}
    contact = contact_after(action("record", "UpdateContactRecordingBehavior", {"RecordingBehavior": behavior}, "wait"))
    assert contact.recording == Recording(("Agent", "Customer"), (), True)
    nobody = action("record", "UpdateContactRecordingBehavior", {"RecordingBehavior": {}}, "wait")
    assert contact_after(nobody).recording == Recording()


class TestQueue:
    SET = action("set queue", "UpdateContactTargetQueue", {"QueueId": QUEUE}, "transfer")
    TRANSFER = action("transfer", "TransferContactToQueue", errors={"QueueAtCapacity": "full"})
    FULL = say("full", "All lines are busy.")

    def test_the_caller_waits_in_the_queue_that_was_set(self) -> None:
        line = instance(self.SET, self.TRANSFER, self.FULL)
        record = call(line)
        assert (record.ended.reason, record.ended.detail, record.queue) == (
            "left in queue",
            "queue 'Service'",
            "Service",
        )

    def test_they_wait_there_until_they_are_gone(self) -> None:
        line = instance(self.SET, self.TRANSFER, self.FULL)
        contact = line.new_contact(customer_address=CALLER, clock=TurnedClock())
        steps = run_call(Call(line, contact, TurnedClock(), router=line.router))
        assert next(steps) == Queued(QUEUE, "Service")
        assert line.router.waiting(QUEUE) == [contact]
        steps.close()
        assert line.router.waiting(QUEUE) == []

    def test_a_queue_is_full_at_its_max_contacts(self) -> None:
        line = instance(self.SET, self.TRANSFER, self.FULL, max_contacts=1)
        clock = TurnedClock()
        first, second, third = (
            run_call(Call(line, line.new_contact(customer_address=CALLER, clock=clock), clock, router=line.router))
            for _ in range(3)
        )
        assert isinstance(next(first), Queued)
        assert next(second) == Speak("All lines are busy.", False, "en-US", "Joanna", False)
        first.close()
        assert isinstance(next(third), Queued)

    def test_without_a_queue_there_is_nowhere_to_go(self) -> None:
        record = call(instance(self.TRANSFER, self.FULL))
        assert outcome(record, "transfer") == "NoMatchingError"
        assert detail(record, "transfer") == "no queue is set; put an UpdateContactTargetQueue before it"

    def test_a_queue_that_does_not_exist(self) -> None:
        record = call(instance(action("set", "UpdateContactTargetQueue", {"QueueId": "nowhere"}, "end")))
        assert outcome(record, "set") == "NoMatchingError"
        assert detail(record, "set") == "the instance has no queue 'nowhere'"

    def test_waiting_keys_are_cleared(self) -> None:
        buffer = action("buffer", "GetParticipantInput", {"EnableDTMFBuffer": "true"}, "menu")
        line = instance(buffer, menu("menu", {"1": "set queue"}), self.SET, self.TRANSFER, self.FULL)
        contact = line.new_contact(customer_address=CALLER, clock=TurnedClock())
        steps = run(line, contact, clock=TurnedClock())
        next(steps)
        for key in "123":
            contact.press(key)
        assert isinstance(steps.send(None), Queued)
        assert not contact.typed_ahead
        assert not contact.buffering


class TestCustomerQueueFlow:
    HOOK = action("hook", "UpdateContactEventHooks", {"EventHooks": {"CustomerQueue": "hold the line"}}, "set queue")

    def in_queue(self, *actions: dict[str, Any]) -> Any:
        line = instance(
            self.HOOK,
            TestQueue.SET,
            TestQueue.TRANSFER,
            TestQueue.FULL,
            queue_flows={"hold the line": actions},
        )
        return call(line)

    def test_runs_while_the_contact_waits(self) -> None:
        record = self.in_queue(say("hold", "Please hold for $.Queue.Name.", "over"), action("over", "EndFlowExecution"))
        assert spoken(record) == ["Please hold for Service."]
        assert record.ended.reason == "left in queue"

    def test_is_announced_before_it_speaks_and_silence_follows_it(self) -> None:
        line = instance(
            self.HOOK,
            TestQueue.SET,
            TestQueue.TRANSFER,
            TestQueue.FULL,
            queue_flows={"hold the line": [say("hold", "Hold.", "over"), action("over", "EndFlowExecution")]},
        )
        contact = line.new_contact(customer_address=CALLER, clock=TurnedClock())
        effects = list(islice(run(line, contact, clock=TurnedClock()), 3))
        assert [type(effect) for effect in effects] == [Queued, Speak, Queued]
        assert [effect.flow_follows for effect in effects if isinstance(effect, Queued)] == [True, False]

    def test_a_scripted_caller_hears_one_prompt_of_it(self) -> None:
        record = self.in_queue(say("hold", "Hold.", "again"), say("again", "Hold on.", "hold"))
        assert spoken(record)[0] == "Hold."
        assert record.ended.reason == "left in queue"

    def test_may_end_the_call(self) -> None:
        record = self.in_queue(say("sorry", "Sorry.", "end"))
        assert (record.ended.reason, record.ended.detail) == (
            "flow ended",
            "DisconnectParticipant 'end' in 'hold the line'",
        )

    def test_hours_of_the_queue_are_its_own(self) -> None:
        check = action("check", "CheckHoursOfOperation", {}, "end", on={"True": "open", "False": "end"})
        assert spoken(self.in_queue(check, say("open", "Open."))) == ["Open."]

    def test_a_flow_that_does_not_exist_is_no_hook(self) -> None:
        record = call(
            instance(action("hook", "UpdateContactEventHooks", {"EventHooks": {"CustomerQueue": "x"}}, "end"))
        )
        assert detail(record, "hook") == "the instance has no flow 'x'"

    def test_may_send_the_contact_to_another_queue(self) -> None:
        moved = action("move", "DequeueContactAndTransferToQueue", {"AgentId": "agent-1"})
        compare = action("where", "Compare", {"ComparisonValue": "$.Queue.Name"}, "move", on={"agent-1": "here"})
        compare["Transitions"]["Errors"][0]["NextAction"] = "move"
        record = self.in_queue(compare, moved, say("here", "Agent queue.", "over"), action("over", "EndFlowExecution"))
        assert spoken(record) == ["Agent queue."]
        assert (record.ended.reason, record.queue) == ("left in queue", "agent-1")

    def test_but_not_to_a_full_one(self) -> None:
        line = instance(
            self.HOOK,
            TestQueue.SET,
            TestQueue.TRANSFER,
            TestQueue.FULL,
            queue_flows={
                "hold the line": [
                    action("move", "DequeueContactAndTransferToQueue", {}, errors={"QueueAtCapacity": "full"}),
                    say("full", "Full.", "end"),
                ]
            },
            max_contacts=1,
        )
        assert spoken(call(line)) == ["Full."]

    def test_a_hook_can_be_taken_off(self) -> None:
        off = {
            "EventHooks": {"CustomerQueue": "x"},
            "EventHooksConfiguration": {"CustomerQueue": {"DisableExecution": "true"}},
        }
        line = instance(
            self.HOOK | {"Transitions": self.HOOK["Transitions"] | {"NextAction": "off"}},
            action("off", "UpdateContactEventHooks", off, "set queue"),
            TestQueue.SET,
            TestQueue.TRANSFER,
            TestQueue.FULL,
            queue_flows={"hold the line": [say("hold", "Hold.", "over"), action("over", "EndFlowExecution")]},
        )
        assert spoken(call(line)) == []


class TestAgentQueue:
    def test_takes_the_contact_and_has_no_hours(self) -> None:
        line = instance(
            action(
                "set", "UpdateContactTargetQueue", {"AgentId": "arn:aws:connect:x:1:instance/i/agent/agent-1"}, "check"
            ),
            action(
                "check",
                "CheckHoursOfOperation",
                {},
                "error",
                on={"True": "error", "False": "error"},
                errors={"NoMatchingError": "transfer"},
            ),
            action("transfer", "TransferContactToQueue"),
        )
        record = call(line)
        assert outcome(record, "check") == "NoMatchingError"
        assert (record.ended.reason, record.queue) == ("left in queue", "agent-1")

    def test_of_nobody_does_not_exist(self) -> None:
        record = call(instance(action("set", "UpdateContactTargetQueue", {"AgentId": "$.Agent.UserName"}, "end")))
        assert detail(record, "set") == "no agent is named"


class TestTransferToAgent:
    def trial(self, target: str | None) -> Any:
        """The contact of a transfer flow, once it waits, and its effect."""
        line = instance(say("start", "Start."))
        agent(line)
        content = document([action("ask", "TransferContactToAgent")], ends=False)
        flow = compile_flow(content, arn="arn:transfer", kind="AGENT_TRANSFER", name="transfer")
        contact = line.new_contact(customer_address=CALLER, flow=flow, clock=TurnedClock())
        contact.target_agent = target
        return line, contact, run_call(Call(line, contact, TurnedClock(), router=line.router))

    def test_it_rings_at_the_agent_and_nobody_else(self) -> None:
        line, contact, steps = self.trial(f"{ARN}/agent/mei")
        other = agent(line, "lan")
        assert isinstance(next(steps), Queued)
        assert contact.contact_id in line.agent("mei").contacts
        assert not other.contacts

    def test_without_an_agent_the_call_is_over(self) -> None:
        _, _, steps = self.trial(None)
        with pytest.raises(StopIteration) as stop:
            next(steps)
        assert stop.value.value.reason == "flow ended"
