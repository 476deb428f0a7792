"""Who answers what: queues, agents, routing profiles and criteria. Pure: no I/O, and every call is given the time.

agents.py     an agent, their routing profile, status, proficiencies and the contacts in their hands
acts.py       what an agent may do with a contact in hand
capacity.py   what an agent has room for, and which queues they serve
criteria.py   routing criteria: steps that ask for proficiencies or name agents, and expire
waiting.py    contacts that wait in a queue, in their order
idle.py       agents with a free place, in the order in which they have been idle
timers.py     what is to happen by itself, and when
router.py     the router: who is offered which contact, and what becomes of it
metrics.py    figures of queues and agents at a moment, and the service level
"""
