import pytest

from localconnect.clock import TurnedClock
from localconnect.contact import BUFFER_SIZE, Contact
from tests.unit.localconnect.flows import CALLER, instance, say


@pytest.fixture
def contact() -> Contact:
    return instance(say("hello", "Hello.")).new_contact(customer_address=CALLER, clock=TurnedClock())


def test_keys_wait_in_order(contact: Contact) -> None:
    for key in "1*#":
        contact.press(key)
    assert list(contact.typed_ahead) == ["1", "*", "#"]


@pytest.mark.parametrize("key", ["a", "", "12", "A"])
def test_what_is_no_key_is_refused(contact: Contact, key: str) -> None:
    with pytest.raises(ValueError, match="no key of a telephone"):
        contact.press(key)


def test_the_buffer_holds_thirty_keys(contact: Contact) -> None:
    contact.buffering = True
    for _ in range(BUFFER_SIZE + 5):
        contact.press("7")
    assert len(contact.typed_ahead) == 30
