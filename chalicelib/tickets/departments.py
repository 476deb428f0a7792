"""The departments that tickets are handed to, and where they have their mail.

Verbs: :func:`department`, :func:`departments`, :func:`put`.
"""

from typing import NamedTuple

from chalicelib.tickets.models import DepartmentRecord

_FIRM = "firm"


class Department(NamedTuple):
    """``names`` by language; ``email`` is the department's, ``head_email`` its head's."""

    name: str
    names: dict[str, str]
    email: str
    head_email: str


def department(name: str) -> Department | None:
    """The department of that name, if there is one."""
    try:
        return _department(DepartmentRecord.get(_FIRM, name))
    except DepartmentRecord.DoesNotExist:
        return None


def departments() -> list[Department]:
    """All of them, by name."""
    return [_department(found) for found in DepartmentRecord.query(_FIRM)]


def put(found: Department) -> None:
    """Keep a department as it now is."""
    DepartmentRecord(_FIRM, found.name, names=found.names, email=found.email, head_email=found.head_email).save()


def _department(found: DepartmentRecord) -> Department:
    return Department(found.name, dict(found.names), found.email, found.head_email)
