from typing import Any

import pytest

from localconnect.clock import TurnedClock
from localconnect.contact import Contact, Recording
from localconnect.effects import Queued, Speak
from localconnect.engine import run
from tests.unit.localconnect.flows import CALLER, QUEUE, action, call, detail, instance, menu, outcome, say, spoken


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
        assert line.queues[QUEUE].waiting == set()

    def test_an_agent_takes_them_out_of_it(self) -> None:
        line = instance(self.SET, self.TRANSFER, self.FULL)
        contact = line.new_contact(customer_address=CALLER, clock=TurnedClock())
        steps = run(line, contact, clock=TurnedClock())
        assert next(steps) == Queued(QUEUE, "Service")
        assert line.queues[QUEUE].waiting == {contact.contact_id}
        with pytest.raises(StopIteration) as stop:
            steps.send(None)
        assert stop.value.value.reason == "flow ended"

    def test_a_queue_is_full_at_its_max_contacts(self) -> None:
        line = instance(self.SET, self.TRANSFER, self.FULL, max_contacts=1)
        first = run(line, line.new_contact(customer_address=CALLER, clock=TurnedClock()), clock=TurnedClock())
        next(first)
        assert spoken(call(line)) == ["All lines are busy."]
        first.close()
        assert call(line).ended.reason == "left in queue"

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
        effects = list(run(line, contact, clock=TurnedClock()))
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
