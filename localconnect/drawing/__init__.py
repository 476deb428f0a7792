"""Pictures of flows.

words.py      what boxes and lines say
layers.py     which layer each box stands in, and in which order
places.py     where everything stands
svg.py        the picture
command.py    `localconnect draw`
"""

from localconnect.drawing.command import command
from localconnect.drawing.svg import draw

__all__ = ["command", "draw"]
