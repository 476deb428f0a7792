"""What the microphone and the loudspeaker of the pages do to sound, at the sample rates that browsers have."""

from __future__ import annotations

from itertools import pairwise
from math import pi, sin

import pytest
from playwright.sync_api import Page

TONE = 1000  # Hz
LOUDNESS = 0.5
MICROPHONE = """async ([rate, tone, loudness]) => {
    const audio = new OfflineAudioContext(1, rate, rate);
    await audio.audioWorklet.addModule("/web/sound-worklet.js");
    const recorder = new AudioWorkletNode(audio, "microphone", { numberOfOutputs: 0 });
    const frames = [];
    recorder.port.onmessage = ({ data }) => frames.push(new Int16Array(data));
    const source = new OscillatorNode(audio, { frequency: tone });
    source.connect(new GainNode(audio, { gain: loudness })).connect(recorder);
    source.start();
    await audio.startRendering();
    await new Promise((resolve) => setTimeout(resolve, 100));
    return frames.map((frame) => [...frame]);
}"""
LOUDSPEAKER = """async ([rate, frames]) => {
    const audio = new OfflineAudioContext(1, rate / 2, rate);
    await audio.audioWorklet.addModule("/web/sound-worklet.js");
    const player = new AudioWorkletNode(audio, "loudspeaker", { numberOfInputs: 0, outputChannelCount: [1] });
    player.connect(audio.destination);
    for (const frame of frames) player.port.postMessage(new Int16Array(frame).buffer);
    await new Promise((resolve) => setTimeout(resolve, 100));
    return [...(await audio.startRendering()).getChannelData(0)];
}"""


def crossings(samples: list[float]) -> int:
    """How often the sound goes from below zero to above: once a period."""
    return sum(one < 0 <= next_one for one, next_one in pairwise(samples))


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_the_microphone_gives_8000_samples_a_second_in_frames_of_30_ms(page: Page, rate: int) -> None:
    frames = page.evaluate(MICROPHONE, [rate, TONE, LOUDNESS])
    assert {len(frame) for frame in frames} == {240}
    samples = [sample for frame in frames for sample in frame]
    assert len(samples) == 33 * 240  # what is left of the second fills no frame
    assert crossings(samples) == pytest.approx(TONE * len(samples) / 8000, abs=2)
    assert max(samples) == pytest.approx(LOUDNESS * 32767, rel=0.03)


@pytest.mark.parametrize("rate", [44_100, 48_000])
def test_the_loudspeaker_plays_uneven_frames_as_one_sound(page: Page, rate: int) -> None:
    tone = [round(LOUDNESS * 32767 * sin(2 * pi * TONE * place / 8000)) for place in range(3200)]
    heard = page.evaluate(LOUDSPEAKER, [rate, [tone[:100], tone[100:1000], tone[1000:]]])
    played = round(3199 / 8000 * rate)
    assert crossings(heard[:played]) == pytest.approx(TONE * 0.4, abs=1)
    steepest = LOUDNESS * 2 * pi * TONE / rate
    assert max(abs(one - next_one) for one, next_one in pairwise(heard[: played - 1])) < 1.1 * steepest
    assert not any(heard[played + 2 :])
