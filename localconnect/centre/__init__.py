"""The contact centre at work, in real time: what `localconnect serve` serves.

centre.py     contacts under way: each runs its flow, waits, is with an agent, and leaves a record
contacts.py   contacts that nobody calls in: tasks, callbacks, chats, calls that go out
panel.py      what an agent does, and sees
"""

from localconnect.centre.centre import Centre

__all__ = ["Centre"]
