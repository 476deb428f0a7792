"""A statement asked for by phone is one delivery, however often each event comes."""

from devtools.line import Line

from .journey import call, heard, scan


def test_a_statement_by_fax_is_requested_once(line: Line) -> None:
    record = call(line, "60001414#,141421#,4,2,1,075561234567#,1,1", deliver=3)
    assert "It is on its way, under the number" in heard(record)
    [delivery] = [one for one in scan(line, "StatementDeliveriesTable") if one["account_id"] == "A-1414"]
    assert (delivery["channel"], delivery["destination"]) == ("fax", "+8675561234567")
    assert " ".join(delivery["number"]) in heard(record)
    assert delivery["key"].startswith(record.contact_id)
