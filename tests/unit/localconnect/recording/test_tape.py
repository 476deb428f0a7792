from __future__ import annotations

import io
import wave
from array import array
from datetime import UTC, datetime, timedelta
from itertools import accumulate, groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from localconnect.recording import Tape
from localconnect.recording.tape import GAP, RATE

START = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def sound(seconds: float, level: int = 1) -> bytes:
    return array("h", [level] * round(seconds * RATE)).tobytes()


def channels(tape: Tape, *, ivr: bool = False) -> tuple[array[int], array[int]]:
    """Left and right."""
    with wave.open(io.BytesIO(tape.wav(ivr=ivr))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (2, 2, RATE)
        frames = array("h", file.readframes(file.getnframes()))
    return frames[0::2], frames[1::2]


def spans(samples: array[int]) -> list[tuple[float, float, int]]:
    """Where it is not silent: from, to, in seconds, and at which level."""
    found, begin = [], 0
    for level, run in groupby(samples):
        end = begin + len(list(run))
        if level:
            found.append((begin / RATE, end / RATE, level))
        begin = end
    return found


def test_an_agents_call_has_the_customer_left_and_the_agent_right() -> None:
    tape = Tape(START)
    tape.customer(at(1), sound(1, 11))
    tape.other(at(3), sound(0.5, 22))
    tape.stop(at(4))
    left, right = channels(tape)
    assert (spans(left), spans(right)) == ([(1, 2, 11)], [(3, 3.5, 22)])
    assert channels(tape, ivr=True) == (right, left)


@pytest.mark.parametrize(
    ("second_at", "lies_at"),
    [(1.0, 1.0), (0.9, 1.0), (1.2, 1.0), (1.25, 1.25), (0.0, 1.0)],
    ids=["in time", "early", "200 ms late", "after a gap", "far too early"],
)
def test_a_chunk_goes_behind_the_one_before_unless_there_is_a_gap(second_at: float, lies_at: float) -> None:
    tape = Tape(START)
    tape.customer(at(0), sound(1, 1))
    tape.customer(at(second_at), sound(0.5, 2))
    tape.stop(at(3))
    assert spans(channels(tape)[0]) == [(0, 1, 1), (lies_at, lies_at + 0.5, 2)]


def test_what_was_heard_before_the_start_is_not_on_the_tape() -> None:
    tape = Tape(START)
    tape.customer(at(-0.5), sound(0.25, 1) + sound(0.5, 2))
    tape.stop(at(1))
    assert spans(channels(tape)[0]) == [(0, 0.25, 2)]


def test_the_stop_cuts_off_what_lies_behind_it() -> None:
    tape = Tape(START)
    tape.customer(at(0), sound(3))
    tape.stop(at(2))
    assert spans(channels(tape)[0]) == [(0, 2, 1)]


def test_a_running_tape_lasts_until_its_last_sound() -> None:
    tape = Tape(START)
    tape.other(at(1), sound(1))
    assert len(channels(tape)[0]) == 2 * RATE


def test_a_prompt_without_a_sound_is_a_soft_tone_as_long_as_it() -> None:
    tape = Tape(START)
    tape.tone(at(1), 2.3)
    tape.stop(at(5))
    prompt = channels(tape)[1]
    heard = [i / RATE for i, sample in enumerate(prompt) if sample]
    assert 1 <= heard[0] < 1.01
    assert 3.05 < heard[-1] < 3.3
    assert 1_000 < max(prompt) < 4_000
    assert not any(prompt[round(1.2 * RATE) : round(1.5 * RATE)])


def test_a_tone_ends_where_the_system_says_something_else() -> None:
    tape = Tape(START)
    tape.tone(at(0), 10)
    tape.other(at(1), sound(1, 7))
    tape.stop(at(10))
    assert spans(channels(tape)[1])[-1] == (1, 2, 7)


def test_a_tone_ends_where_the_prompt_is_cut_short() -> None:
    tape = Tape(START)
    tape.tone(at(0), 10)
    tape.hush(at(1))
    tape.stop(at(10))
    assert not any(channels(tape)[1][RATE:])


def test_a_real_voice_is_not_cut_short() -> None:
    tape = Tape(START)
    tape.other(at(0), sound(2))
    tape.hush(at(1))
    tape.other(at(1), sound(1, 2))
    assert spans(channels(tape)[1]) == [(0, 2, 1), (2, 3, 2)]


def test_the_customer_is_silenced_before_and_after_the_sound_arrives() -> None:
    tape = Tape(START)
    tape.customer(at(0), sound(2, 1))
    tape.mute(at(1), at(3))
    tape.customer(at(2), sound(2, 2))
    tape.other(at(0), sound(4, 3))
    tape.stop(at(4))
    customer, other = channels(tape)
    assert spans(customer) == [(0, 1 - GAP / RATE, 1), (3, 4, 2)]
    assert spans(other) == [(0, 4, 3)]


def test_sound_that_came_late_is_silenced_as_well() -> None:
    tape = Tape(START)
    tape.customer(at(0), sound(1, 1))
    tape.customer(at(0.5), sound(0.5, 99))  # heard from 0.5 on, lies from 1 on
    tape.mute(at(0.5), at(1))
    tape.customer(at(1), sound(1, 2))
    tape.stop(at(3))
    assert 99 not in channels(tape)[0]


def test_half_a_sample_is_refused() -> None:
    with pytest.raises(ValueError, match="even number of bytes"):
        Tape(START).customer(at(0), b"\0\0\0")


CHUNKS = st.lists(st.tuples(st.floats(0, 0.4), st.integers(1, 400)), max_size=15)
"""Each comes so long after the one before began, and holds so many samples, all of its own level."""


def record(chunks: list[tuple[float, int]]) -> tuple[Tape, list[float]]:
    """The tape, and when each chunk was heard. The level of the first is 1."""
    tape, heard = Tape(START), list(accumulate(pause for pause, _ in chunks))
    for level, (moment, (_, length)) in enumerate(zip(heard, chunks, strict=True), start=1):
        tape.customer(at(moment), array("h", [level] * length).tobytes())
    return tape, heard


@given(CHUNKS, st.floats(0, 10))
def test_chunks_keep_their_order_do_not_overlap_and_fill_the_time_to_the_second(
    chunks: list[tuple[float, int]], stopped: float
) -> None:
    tape, _ = record(chunks)
    kept = [(level, round((end - begin) * RATE)) for begin, end, level in spans(channels(tape)[0])]
    assert kept == [(level, length) for level, (_, length) in enumerate(chunks, start=1)]

    tape.stop(at(stopped))
    assert len(channels(tape)[0]) == len(channels(tape)[1]) == round(stopped * RATE)


@given(CHUNKS)
def test_no_sound_lies_before_it_was_heard_by_more_than_the_gap(chunks: list[tuple[float, int]]) -> None:
    tape, heard = record(chunks)
    for begin, _, level in spans(channels(tape)[0]):
        assert heard[level - 1] - begin <= (GAP + 1) / RATE


@given(CHUNKS, st.floats(0, 3), st.floats(0, 3))
def test_nothing_that_was_heard_while_muted_is_on_the_tape(
    chunks: list[tuple[float, int]], begin: float, seconds: float
) -> None:
    tape, heard = record(chunks)
    tape.mute(at(begin), at(begin + seconds))
    kept = {level for _, _, level in spans(channels(tape)[0])}
    muted = {
        level
        for level, (moment, (_, length)) in enumerate(zip(heard, chunks, strict=True), start=1)
        if begin <= moment and moment + length / RATE <= begin + seconds
    }
    assert not kept & muted
