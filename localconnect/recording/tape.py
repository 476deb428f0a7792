"""A tape on which a call is recorded: two channels of sound along one time, as a WAV file."""

from __future__ import annotations

import io
import math
import struct
import wave
from array import array
from datetime import datetime

RATE = 8_000
"""Samples a second."""
WIDTH = 2
"""Bytes a sample: signed 16 bit, little-endian."""
GAP = RATE // 5
"""A pause shorter than this, 200 ms, is no pause: the sound came late."""


def _beep() -> bytes:
    """Half a second: a soft tone of a tenth, swelling and fading so that it does not click, then quiet."""
    sounding, loudness = RATE // 10, 2_000
    samples = (
        round(loudness * math.sin(math.pi * at / sounding) * math.sin(2 * math.pi * 440 * at / RATE))
        for at in range(sounding)
    )
    return struct.pack(f"<{sounding}h", *samples) + bytes((RATE // 2 - sounding) * WIDTH)


_BEEP = _beep()


class Tape:
    """Sound is PCM of 8,000 samples a second, signed 16 bit, little-endian, one channel. It is given with the time at
    which it began to be heard, in the order in which it was heard. A chunk goes behind the one before; only a pause of
    more than 200 ms between them is kept, as silence. What was heard before the tape started is not on it.
    """

    def __init__(self, started_at: datetime) -> None:
        self._started_at = started_at
        self._stopped_at: datetime | None = None
        self._customer = bytearray()
        self._other = bytearray()
        self._tone: int | None = None  # where a tone begins with which the other channel ends
        self._muted: list[tuple[int, int]] = []
        self._late = 0  # samples: the most that any of the customer's sound lies behind the time it was heard

    def customer(self, at: datetime, pcm: bytes) -> None:
        """What the customer said. Raises ValueError for half a sample."""
        heard = self._position(at)
        placed = _place(self._customer, heard, pcm)
        self._late = max(self._late, placed - max(heard, 0))

    def other(self, at: datetime, pcm: bytes) -> None:
        """What the customer heard: the system, or the agent. Raises ValueError for half a sample."""
        self.hush(at)
        _place(self._other, self._position(at), pcm)

    def tone(self, at: datetime, seconds: float) -> None:
        """The system speaks for ``seconds``, without a sound: soft beeps stand in for it, up to the next sound."""
        self.hush(at)
        length = round(seconds * RATE) * WIDTH
        self._tone = _place(self._other, self._position(at), (_BEEP * (length // len(_BEEP) + 1))[:length])

    def hush(self, at: datetime) -> None:
        """A key has cut the prompt short: the tone that stands in for it ends here."""
        if self._tone is not None:
            del self._other[max(self._position(at), self._tone) * WIDTH :]
            self._tone = None

    def mute(self, begin: datetime, end: datetime) -> None:
        """Leave out what the customer said from ``begin`` to ``end``, whether it is on the tape already or comes late.
        A little more is silenced where sound has come late, never less.
        """
        self._muted.append((self._position(begin), self._position(end)))

    def stop(self, at: datetime) -> None:
        """The tape ends here; what lies behind is cut off."""
        self._stopped_at = at

    def wav(self, *, ivr: bool = False) -> bytes:
        """The tape as a stereo WAV file, from its start to its stop; to the last sound while it runs.

        The customer is on the left channel and the agent on the right; with ``ivr``, of the automated part of a call,
        the system is on the left and the customer on the right (page "When, what, and where for contact recordings").
        """
        if self._stopped_at is None:
            length = max(len(self._customer), len(self._other))
        else:
            length = max(self._position(self._stopped_at), 0) * WIDTH
        customer = _cut(self._customer, length)
        for begin, end in self._muted:
            quiet = slice(max(begin - GAP, 0) * WIDTH, max(end + self._late, 0) * WIDTH)
            customer[quiet] = bytes(len(customer[quiet]))
        pair = (customer, _cut(self._other, length))
        left, right = reversed(pair) if ivr else pair
        file = io.BytesIO()
        with wave.open(file, "wb") as writer:
            writer.setnchannels(2)
            writer.setsampwidth(WIDTH)
            writer.setframerate(RATE)
            writer.writeframes(_interleave(left, right))
        return file.getvalue()

    def _position(self, at: datetime) -> int:
        """In samples; negative before the start."""
        return round((at - self._started_at).total_seconds() * RATE)


def _place(channel: bytearray, position: int, pcm: bytes) -> int:
    """Add ``pcm``, which was heard at ``position``, to ``channel``; where it lies now. Both in samples."""
    if len(pcm) % WIDTH:
        raise ValueError("Sound is 16 bit: give an even number of bytes.")
    if position < 0:
        pcm, position = pcm[-position * WIDTH :], 0
    end = len(channel) // WIDTH
    if position - end > GAP:
        channel.extend(bytes((position - end) * WIDTH))
        end = position
    channel.extend(pcm)
    return end


def _cut(channel: bytearray, length: int) -> bytearray:
    """A copy of ``length`` bytes, filled up with silence."""
    cut = channel[:length]
    cut.extend(bytes(length - len(cut)))
    return cut


def _interleave(left: bytearray, right: bytearray) -> bytes:
    frames = array("h", bytes(len(left) * 2))
    frames[0::2] = array("h", bytes(left))
    frames[1::2] = array("h", bytes(right))
    return frames.tobytes()
