"""A message, cut out of the recording of its call to the sample. Pure."""

import io
import wave
from array import array
from typing import NamedTuple


class Sound(NamedTuple):
    """A WAV file of one channel; ``seconds`` is how long it lasts."""

    wav: bytes
    seconds: float


def cut(recording: bytes, begin: float, end: float | None) -> Sound:
    """What the caller said from ``begin`` to ``end``, in seconds from the recording's start (None: to its end).

    Of two channels the right one is the caller's, and the left one the system's, in the recording of the flow's part
    (page "When, what, and where for contact recordings"). Beyond the recording there is nothing. ValueError for what is
    no WAV file of 16 bit PCM.
    """
    try:
        with wave.open(io.BytesIO(recording)) as read:
            channels, width, rate, length = read.getparams()[:4]
            first = min(max(round(begin * rate), 0), length)
            last = length if end is None else min(max(round(end * rate), first), length)
            read.setpos(first)
            frames = read.readframes(last - first)
    except (wave.Error, EOFError) as error:
        raise ValueError("The recording is no WAV file of PCM.") from error
    if width != 2:
        raise ValueError(f"The recording has {8 * width} bits a sample: 16 can be cut.")
    said = array("h", frames)[channels - 1 :: channels]
    return Sound(_wav(said.tobytes(), rate), len(said) / rate)


def _wav(frames: bytes, rate: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(frames)
    return file.getvalue()
