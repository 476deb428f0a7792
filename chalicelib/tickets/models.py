"""The tables of tickets.

Access patterns, each one request:
    one ticket              GetItem on number
    a step of one           TransactWriteItems: the ticket while it has the version that was read, and the new entry
    its timeline            Query on TICKET_ENTRIES: number, in order
    what is due next        Query on by_bell: open tickets, by what their clocks say next
    a state's tickets       Query on by_state: state, by when they are due (closed ones by when they were)
    an agent's open ones    Query on by_assignee: assignee, by when they are due
    a department's          Query on by_department: department, by when they are due
    a customer's            Query on by_customer: customer_id, by when they were registered
    a week's                Query on by_week: the ISO week in which they were registered (2026-W48), in that order
    those without recording Query on by_unrecorded: a contact has no recording linked, by when they were changed
    one department          GetItem on DEPARTMENTS: firm, name
    all departments         Query on DEPARTMENTS: firm
"""

from pynamodb.attributes import JSONAttribute, NumberAttribute, UnicodeAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex

from chalicelib.platform.settings import table_name
from chalicelib.platform.tables import Table, TableMeta


class ByBell(GlobalSecondaryIndex["TicketRecord"]):  # type: ignore[no-untyped-call]
    """Tickets whose clocks have something to say yet."""

    class Meta:
        index_name = "by_bell"
        projection = AllProjection()

    clocked = UnicodeAttribute(hash_key=True)
    bell_at = UnicodeAttribute(range_key=True)


class ByState(GlobalSecondaryIndex["TicketRecord"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "by_state"
        projection = AllProjection()

    state = UnicodeAttribute(hash_key=True)
    listed_at = UnicodeAttribute(range_key=True)


class ByAssignee(GlobalSecondaryIndex["TicketRecord"]):  # type: ignore[no-untyped-call]
    """Open tickets that somebody handles."""

    class Meta:
        index_name = "by_assignee"
        projection = AllProjection()

    handled_by = UnicodeAttribute(hash_key=True)
    listed_at = UnicodeAttribute(range_key=True)


class ByDepartment(GlobalSecondaryIndex["TicketRecord"]):  # type: ignore[no-untyped-call]
    """Open tickets that a department was asked about."""

    class Meta:
        index_name = "by_department"
        projection = AllProjection()

    handed_to = UnicodeAttribute(hash_key=True)
    listed_at = UnicodeAttribute(range_key=True)


class ByCustomer(GlobalSecondaryIndex["TicketRecord"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "by_customer"
        projection = AllProjection()

    owner = UnicodeAttribute(hash_key=True)
    registered_at = UnicodeAttribute(range_key=True)


class ByWeek(GlobalSecondaryIndex["TicketRecord"]):  # type: ignore[no-untyped-call]
    class Meta:
        index_name = "by_week"
        projection = AllProjection()

    week = UnicodeAttribute(hash_key=True)
    registered_at = UnicodeAttribute(range_key=True)


class ByUnrecorded(GlobalSecondaryIndex["TicketRecord"]):  # type: ignore[no-untyped-call]
    """Tickets with a contact of which no recording is linked: empty where nothing is missing."""

    class Meta:
        index_name = "by_unrecorded"
        projection = AllProjection()

    unrecorded = UnicodeAttribute(hash_key=True)
    changed_at = UnicodeAttribute(range_key=True)


class TicketRecord(Table):
    """A ticket as it now stands: ``facts`` are the fields of :class:`.rules.Ticket`; beside them stands what an index
    or a condition needs, and is missing where it does not apply."""

    class Meta(TableMeta):
        table_name = table_name("TICKETS")

    number = UnicodeAttribute(hash_key=True)
    facts = JSONAttribute()
    version = NumberAttribute()
    state = UnicodeAttribute()
    registered_at = UnicodeAttribute()
    week = UnicodeAttribute()
    listed_at = UnicodeAttribute()
    handled_by = UnicodeAttribute(null=True)
    handed_to = UnicodeAttribute(null=True)
    owner = UnicodeAttribute(null=True)
    clocked = UnicodeAttribute(null=True)
    bell_at = UnicodeAttribute(null=True)
    unrecorded = UnicodeAttribute(null=True)
    changed_at = UnicodeAttribute(null=True)
    by_bell = ByBell()
    by_state = ByState()
    by_assignee = ByAssignee()
    by_department = ByDepartment()
    by_customer = ByCustomer()
    by_week = ByWeek()
    by_unrecorded = ByUnrecorded()


class EntryRecord(Table):
    """An entry of a timeline, written once and never changed (:class:`.timeline.Entry`)."""

    class Meta(TableMeta):
        table_name = table_name("TICKET_ENTRIES")

    number = UnicodeAttribute(hash_key=True)
    sequence = NumberAttribute(range_key=True)
    at = UnicodeAttribute()
    by = UnicodeAttribute()
    verb = UnicodeAttribute()
    why = UnicodeAttribute()
    details: JSONAttribute = JSONAttribute()
    key = UnicodeAttribute()
    before = UnicodeAttribute()
    hash = UnicodeAttribute()


class DepartmentRecord(Table):
    """A department that tickets are handed to: ``names`` by language; where it and its head have their mail."""

    class Meta(TableMeta):
        table_name = table_name("DEPARTMENTS")

    firm = UnicodeAttribute(hash_key=True, default="firm")
    name = UnicodeAttribute(range_key=True)
    names: JSONAttribute = JSONAttribute()
    email = UnicodeAttribute()
    head_email = UnicodeAttribute()
