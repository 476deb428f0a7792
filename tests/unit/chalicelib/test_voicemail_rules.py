"""Where a message lies in the recording of its call, and how it is cut out."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.voicemail.rules import Recording, holding, named, place, prefixes, recordings
from chalicelib.voicemail.sound import cut

from .tones import RATE, heard, pitch, recording, sounding

AT = datetime(2026, 11, 25, 2, 0, 0, tzinfo=UTC)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def seconds(number: float) -> timedelta:
    return timedelta(seconds=number)


def test_a_message_is_the_callers_channel_alone_cut_to_the_sample() -> None:
    whole = recording(10, {(2.5, 6.0): 1000})
    said = cut(whole, 2.5, 6.0)
    assert said.seconds == 3.5
    assert len(heard(said.wav)) == 3.5 * RATE
    assert pitch(heard(said.wav)) == pytest.approx(1000, abs=1)


def test_a_message_whose_caller_hung_up_goes_on_to_the_end_and_no_further() -> None:
    whole = recording(10, {(8.0, 10.0): 700})
    assert cut(whole, 7.0, None).seconds == cut(whole, 7.0, 99.0).seconds == 3.0
    assert sounding(heard(cut(whole, 7.0, None).wav)) == pytest.approx(2.0, abs=0.01)
    assert cut(whole, 12.0, None).seconds == 0
    assert cut(whole, -3.0, 1.0).seconds == 1.0


def test_a_recording_of_one_channel_is_taken_as_it_is() -> None:
    said = cut(recording(4, {(1.0, 3.0): 500}, channels=1), 1.0, 3.0)
    assert (said.seconds, round(pitch(heard(said.wav)))) == (2.0, 500)


@pytest.mark.parametrize("body", [b"", b"ID3 nothing of a WAV file", recording(1, {})[:30]])
def test_what_is_no_recording_is_an_error_with_a_sentence(body: bytes) -> None:
    with pytest.raises(ValueError, match="no WAV file"):
        cut(body, 0, None)


@given(
    started=st.floats(0, 0.999),
    noted=st.floats(0, 0.3),
    waited=st.floats(0, 60),
    width=st.sampled_from([SECOND, MINUTE]),
)
def test_the_house_s_own_note_places_a_message_where_it_is(
    started: float, noted: float, waited: float, width: timedelta
) -> None:
    """The record tells the start in whole seconds, or minutes; the note is made a moment before it.

    What is a moment too late is never the message: its tone comes after the recording has started.
    """
    since = AT + seconds(started - noted)
    begin, end = place(Recording("b", "k", AT, width), since, since + seconds(waited), since + seconds(waited + 5))
    true = waited - noted
    assert true - 1e-5 <= begin <= true + noted + 1e-5
    assert end is not None
    assert end - begin == pytest.approx(5, abs=1e-5)


def test_a_recording_that_another_part_of_the_flow_had_begun_is_believed() -> None:
    begin, end = place(Recording("b", "k", AT, SECOND), AT + seconds(40), AT + seconds(40), None)
    assert (begin, end) == (39.0, None)


def test_the_recording_that_holds_a_message_is_the_last_that_had_begun_when_it_ended() -> None:
    one, other = (Recording("b", key, AT + seconds(late), SECOND) for key, late in (("one", 0), ("other", 60)))
    assert holding([other, one], AT + seconds(30)) == one
    assert holding([other, one], AT + seconds(61)) == other
    assert holding([other, one], None) == other
    assert holding([other], AT) is None
    assert holding([], AT) is None


def test_recordings_of_a_contact_record_are_those_of_the_flows_part() -> None:
    start = "2026-11-25T02:00:00Z"
    ivr = {"ParticipantType": "IVR", "Location": "b/recordings/ivr/c_20261125T02%3A00_UTC.wav", "StartTimestamp": start}
    agent = {**ivr, "ParticipantType": "AGENT"}
    expected = Recording("b", "recordings/ivr/c_20261125T02:00_UTC.wav", AT, SECOND)
    assert recordings({"Recordings": [agent, ivr, {**ivr, "Location": None}]}) == [expected]
    assert recordings({"Recordings": None}) == recordings({}) == []


def test_a_recording_is_found_by_its_name_and_the_minute_after_midnight_on_both_days() -> None:
    midnight = datetime(2026, 11, 25, 0, 0, 20, tzinfo=UTC)
    assert prefixes("recordings", "c-1", AT) == ["recordings/ivr/2026/11/25/c-1_"]
    assert prefixes("recordings", "c-1", midnight) == [f"recordings/ivr/2026/11/{day}/c-1_" for day in (25, 24)]
    assert named("b", "recordings/ivr/2026/11/25/c-1_20261125T02:00_UTC.wav").started == AT
