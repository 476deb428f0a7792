"""The post office of the tests: what the house hands to SNS and SES."""

import email
from typing import Any


class Post:
    """SNS and SES as the house uses them: what was sent, or the error that is due."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, str]] = []
        self.mails: list[email.message.Message] = []
        self.errors: list[Exception] = []

    def publish(self, *, PhoneNumber: str, Message: str, MessageAttributes: dict[str, Any]) -> None:
        self._fail()
        self.texts.append((PhoneNumber, Message))

    def send_email(self, *, FromEmailAddress: str, Destination: dict[str, list[str]], Content: dict[str, Any]) -> None:
        self._fail()
        message = email.message_from_bytes(Content["Raw"]["Data"])
        assert (message["From"], [message["To"]]) == (FromEmailAddress, Destination["ToAddresses"])
        self.mails.append(message)

    def _fail(self) -> None:
        if self.errors:
            raise self.errors.pop()
