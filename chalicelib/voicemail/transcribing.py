"""Who writes down what a message says. The embedded default does not, and says so; Amazon Transcribe does."""

import json
from collections.abc import Callable
from typing import Any, Literal, NamedTuple, Protocol

from chalicelib.platform.settings import transcriber_kind

_HTTPS = "https://"
_SECONDS = 20


class Written(NamedTuple):
    """What came of a transcription: ``text`` is "" where it failed."""

    state: Literal["asked", "made", "failed"]
    text: str = ""


class Transcriber(Protocol):
    """Writes down sound, and is asked for it later. ``name`` is the same for the same message, however often."""

    def start(self, name: str, bucket: str, key: str, language: str) -> Literal["asked", "none"]:
        """Have a WAV file written down. ``none``: nobody does. OSError where the order was not taken."""

    def result(self, name: str) -> Written:
        """What has come of it. OSError where nobody could be asked, or nobody knows the name."""


class NoTranscriber:
    """Implements :class:`Transcriber` for a stage that has none."""

    def start(self, name: str, bucket: str, key: str, language: str) -> Literal["asked", "none"]:
        return "none"

    def result(self, name: str) -> Written:
        return Written("failed")


class AmazonTranscribe:
    """Implements :class:`Transcriber` (page "StartTranscriptionJob"). ``fetch`` reads an address of the service's own,
    where it keeps a text for 90 days, encrypted; the house's copy is the ticket's."""

    # Languages of the line, by their codes (page "Supported languages and language-specific features").
    LANGUAGES = {"zh-CN": "zh-CN", "zh-HK": "zh-HK", "en": "en-US"}  # noqa: RUF012  never changed

    def __init__(self, client: Any, fetch: Callable[[str], bytes]) -> None:
        self.client, self.fetch = client, fetch

    def start(self, name: str, bucket: str, key: str, language: str) -> Literal["asked", "none"]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self.client.start_transcription_job(
                TranscriptionJobName=job_of(name),
                LanguageCode=self.LANGUAGES.get(language, "zh-CN"),
                MediaFormat="wav",
                Media={"MediaFileUri": f"s3://{bucket}/{key}"},
            )
        except self.client.exceptions.ConflictException:
            pass  # asked already, and nobody could write so
        except (BotoCoreError, ClientError) as error:
            raise OSError("Amazon Transcribe took no job.") from error
        return "asked"

    def result(self, name: str) -> Written:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            job = self.client.get_transcription_job(TranscriptionJobName=job_of(name))["TranscriptionJob"]
        except (BotoCoreError, ClientError) as error:
            raise OSError("Amazon Transcribe does not say what became of a job.") from error
        match job["TranscriptionJobStatus"]:
            case "COMPLETED":
                return _read(self.fetch(job["Transcript"]["TranscriptFileUri"]))
            case "FAILED":
                return Written("failed")
        return Written("asked")


_JOB = "voicemail."


def job_of(name: str) -> str:
    """A job's name, which tells those of messages from others of the account."""
    return _JOB + name


def message_of(job: str) -> tuple[str, int] | None:
    """The call and the message of a job; None for a job of others."""
    contact_id, _, message = job.removeprefix(_JOB).rpartition("-")
    return (contact_id, int(message)) if job.startswith(_JOB) and message.isdecimal() else None


def _read(body: bytes) -> Written:
    """The text of a result (page "Data input and output"). Of one in which nobody said anything it is empty."""
    found = json.loads(body)["results"]["transcripts"]
    text = " ".join(one["transcript"] for one in found).strip()
    return Written("made", text)


def transcriber() -> Transcriber:
    """The one of this stage (TRANSCRIBER)."""
    if transcriber_kind() == "none":
        return NoTranscriber()
    from chalicelib.platform.clients import client

    return AmazonTranscribe(client("transcribe"), _fetch)


def _fetch(address: str) -> bytes:
    from urllib.request import urlopen

    if not address.startswith(_HTTPS):
        raise OSError("A transcript lies at an address of https.")
    with urlopen(address, timeout=_SECONDS) as answer:
        return bytes(answer.read())
