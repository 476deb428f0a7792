"""The table of voice messages.

Access patterns, each one request:
    one message             GetItem on contact_id, message
    a call's messages       Query on contact_id
    what is due             Query on by_due: messages not come yet, or not transcribed, by when to look at them again
    a queue's new ones      Query on by_queue: messages that no agent has taken up, by when they were left
    a step of one           UpdateItem on contact_id, message, while its state is what it was
"""

from pynamodb.attributes import BooleanAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.expressions.update import Action
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection

from chalicelib.platform.settings import table_name
from chalicelib.platform.tables import Table, TableMeta


class ByDue(GlobalSecondaryIndex["VoicemailRecord"]):  # type: ignore[no-untyped-call]
    """Messages that somebody has to look at again: when to."""

    class Meta:
        index_name = "by_due"
        projection = KeysOnlyProjection()

    due = UnicodeAttribute(hash_key=True)
    due_at = UnicodeAttribute(range_key=True)


class ByQueue(GlobalSecondaryIndex["VoicemailRecord"]):  # type: ignore[no-untyped-call]
    """Messages that nobody has taken up."""

    class Meta:
        index_name = "by_queue"
        projection = AllProjection()

    waits_in = UnicodeAttribute(hash_key=True)
    began = UnicodeAttribute(range_key=True)


class VoicemailRecord(Table):
    """A message, from the moment at which its caller may speak (:class:`.rules.Voicemail` has the words of its fields).

    ``since``: when the recording of this call began, as near as the house knows. ``due`` is the word "due", or nothing;
    ``waits_in`` the queue, or nothing. ``told``: the people of the queue know of it as it now is.
    """

    class Meta(TableMeta):
        table_name = table_name("VOICEMAILS")

    contact_id = UnicodeAttribute(hash_key=True)
    message = NumberAttribute(range_key=True)
    state = UnicodeAttribute()
    since = UnicodeAttribute()
    began = UnicodeAttribute()
    ended = UnicodeAttribute(null=True)
    queue = UnicodeAttribute()
    language = UnicodeAttribute()
    calls_from = UnicodeAttribute(default="")
    customer_id = UnicodeAttribute(default="")
    account_id = UnicodeAttribute(default="")
    segment = UnicodeAttribute(default="")
    ticket = UnicodeAttribute(default="")
    object = UnicodeAttribute(default="")
    seconds = NumberAttribute(default=0)
    taken_at = UnicodeAttribute(default="")
    transcript = UnicodeAttribute(default="")
    told = BooleanAttribute(default=False)
    due = UnicodeAttribute(null=True)
    due_at = UnicodeAttribute(null=True)
    waits_in = UnicodeAttribute(null=True)
    by_due = ByDue()
    by_queue = ByQueue()

    @classmethod
    def find(cls, contact_id: str, message: int) -> "VoicemailRecord | None":
        try:
            return cls.get(contact_id, message, consistent_read=True)
        except cls.DoesNotExist:
            return None

    @classmethod
    def of_call(cls, contact_id: str) -> "list[VoicemailRecord]":
        """The messages of a call, in order."""
        return list(cls.query(contact_id, consistent_read=True))

    def move(self, state: str, *actions: Action) -> bool:
        """Take a step, unless somebody else has since this was read; whether it was taken."""
        return self.update_if(VoicemailRecord.state == self.state, [VoicemailRecord.state.set(state), *actions])

    def look_later(self, due_at: str) -> None:
        self.update(actions=[VoicemailRecord.due.set("due"), VoicemailRecord.due_at.set(due_at)])

    @staticmethod
    def over() -> list[Action]:
        """What takes it out of what is due."""
        return [VoicemailRecord.due.remove(), VoicemailRecord.due_at.remove()]
