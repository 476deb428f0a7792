"""What leaves the house: SMS by SNS, e-mail by SES; tasks for agents in tasks.py. The words are those of whoever sends.

Verbs: :func:`sms`, :func:`mail`. Neither service knows idempotency: whoever calls remembers what was sent. Called from
streams and schedules only, never within a request.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from chalicelib.platform.clients import client

if TYPE_CHECKING:
    from email.message import EmailMessage

# What SES says where a message is wrong in itself and will be however often it is sent.
_REFUSED = ("MessageRejected", "BadRequestException", "MailFromDomainNotVerifiedException")
# SNS calls messages that are no advertisement so: they go out at once.
_AT_ONCE = {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}}


def sms(mobile: str, text: str) -> None:
    """Send ``text`` to a mobile number (E.164). OSError where it was not taken: send it again."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        client("sns").publish(PhoneNumber=mobile, Message=text, MessageAttributes=_AT_ONCE)
    except (BotoCoreError, ClientError) as error:
        raise OSError("SNS took no SMS: it may be sent again.") from error


def mail(message: EmailMessage) -> None:
    """Hand over an e-mail with its From and To. ValueError where SES refuses it, OSError where it was not taken."""
    from email import policy

    from botocore.exceptions import BotoCoreError, ClientError

    try:
        client("sesv2").send_email(
            FromEmailAddress=message["From"],
            Destination={"ToAddresses": [message["To"]]},
            Content={"Raw": {"Data": message.as_bytes(policy=policy.SMTP)}},
        )
    except ClientError as error:
        if error.response["Error"]["Code"] in _REFUSED:
            raise ValueError("SES refuses the e-mail: look at its sender and its address.") from error
        raise OSError("SES took no e-mail: it may be sent again.") from error
    except BotoCoreError as error:
        raise OSError("SES took no e-mail: it may be sent again.") from error
