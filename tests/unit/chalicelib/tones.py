"""Recordings as Amazon Connect leaves them: the system on the left channel, the caller on the right."""

from __future__ import annotations

import io
import math
import wave
from array import array

RATE = 8_000


def tone(hertz: float, seconds: float) -> array[int]:
    return array(
        "h", (round(12_000 * math.sin(2 * math.pi * hertz * at / RATE)) for at in range(round(seconds * RATE)))
    )


def recording(seconds: float, said: dict[tuple[float, float], float], channels: int = 2) -> bytes:
    """A WAV file in which the caller is heard between these seconds, at this frequency; the system hums at 440 Hz."""
    caller = array("h", bytes(round(seconds * RATE) * 2))
    for (begin, end), hertz in said.items():
        caller[round(begin * RATE) : round(end * RATE)] = tone(hertz, end - begin)
    frames = caller
    if channels == 2:
        frames = array("h", bytes(len(caller) * 4))
        frames[0::2], frames[1::2] = tone(440, seconds), caller
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(channels)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes(frames.tobytes())
    return file.getvalue()


def heard(wav: bytes) -> array[int]:
    """The samples of a message."""
    with wave.open(io.BytesIO(wav)) as read:
        assert (read.getnchannels(), read.getsampwidth(), read.getframerate()) == (1, 2, RATE)
        return array("h", read.readframes(read.getnframes()))


def pitch(samples: array[int]) -> float:
    """Hertz of a tone, by how often it rises through zero; 0 for silence."""
    rises = [at for at in range(1, len(samples)) if samples[at - 1] < 0 <= samples[at]]
    return 0.0 if len(rises) < 2 else (len(rises) - 1) * RATE / (rises[-1] - rises[0])


def sounding(samples: array[int]) -> float:
    """Seconds from the first sound to the last."""
    loud = [at for at, sample in enumerate(samples) if abs(sample) > 500]
    return (loud[-1] - loud[0]) / RATE if loud else 0.0
