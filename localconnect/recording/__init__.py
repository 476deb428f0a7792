"""Recordings of calls: the sound, and where it is kept.

tape.py    a two-channel timeline of what was heard, as a WAV file
key.py     the key of a recording in its bucket
"""

from localconnect.recording.key import recording_key
from localconnect.recording.tape import Tape

__all__ = ["Tape", "recording_key"]
