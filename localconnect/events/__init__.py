"""What an instance tells others: contact records, agent events, contact events, recordings.

contact_record.py   a contact record, as it goes to a Kinesis stream
agent_event.py      an agent event, as it goes to a Kinesis stream
contact_event.py    a contact event, as Amazon EventBridge delivers it
publisher.py        when which of them is published
sink.py             where to: a cloud, or memory
"""
