"""Where faxes and what became of them are kept: a drawer of named files, in a folder or in a bucket."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any, Protocol

from chalicelib.statements.carrier import Status, advance, read_status


class Drawer(Protocol):
    """Named bytes. Names are made here, of letters, digits and one dot."""

    def put_new(self, name: str, content: bytes) -> bool:
        """Keep ``content`` unless there is something of that name; whether it was kept. One of two at once wins."""
        ...

    def put(self, name: str, content: bytes) -> None:
        """Keep ``content``, in place of what was there."""
        ...

    def get(self, name: str) -> bytes | None:
        """What is kept, or None."""
        ...


class Folder:
    """A drawer that is a folder of this machine; it is made when something is first put there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def put_new(self, name: str, content: bytes) -> bool:
        temporary = self._written(name, content)
        try:
            os.link(temporary, self.path / name)  # whole or not at all, and never over another
        except FileExistsError:
            return False
        finally:
            temporary.unlink()
        return True

    def put(self, name: str, content: bytes) -> None:
        self._written(name, content).replace(self.path / name)

    def get(self, name: str) -> bytes | None:
        path = self.path / name
        return path.read_bytes() if path.exists() else None

    def _written(self, name: str, content: bytes) -> Path:
        self.path.mkdir(parents=True, exist_ok=True)
        temporary = self.path / f"{name}.{os.urandom(6).hex()}"
        temporary.write_bytes(content)
        return temporary


class Bucket:
    """A drawer that is a prefix of an S3 bucket. ``client``: boto3's or botocore's for S3."""

    def __init__(self, client: Any, bucket: str, prefix: str = "fax/") -> None:
        self.client, self.bucket, self.prefix = client, bucket, prefix

    def put_new(self, name: str, content: bytes) -> bool:
        try:
            self.client.put_object(Bucket=self.bucket, Key=self.prefix + name, Body=content, IfNoneMatch="*")
        except self.client.exceptions.ClientError as error:
            # S3 conditional writes: 412 where it is there, 409 where another is just being written.
            if error.response["ResponseMetadata"]["HTTPStatusCode"] in (409, 412):
                return False
            raise
        return True

    def put(self, name: str, content: bytes) -> None:
        self.client.put_object(Bucket=self.bucket, Key=self.prefix + name, Body=content)

    def get(self, name: str) -> bytes | None:
        try:
            found: bytes = self.client.get_object(Bucket=self.bucket, Key=self.prefix + name)["Body"].read()
        except self.client.exceptions.NoSuchKey:
            return None
        return found


class Journal:
    """What became of each fax, by key, in a drawer: <sha256 of the key>.json, beside its pages in .tiff."""

    def __init__(self, drawer: Drawer) -> None:
        self.drawer = drawer

    def open(self, number: str, tiff: bytes, key: str) -> Status:
        """Record a fax as queued and keep its pages, once; its status. ValueError where ``key`` is of another fax."""
        facts = {"number": number, "pages": hashlib.sha256(tiff).hexdigest()}
        record = {"key": key, "state": "queued", "reason": "", **facts}
        # The pages first: who finds the record may rely on them.
        self.drawer.put_new(_name(key, f"{facts['pages'][:16]}.tiff"), tiff)
        if not self.drawer.put_new(_name(key, "json"), json.dumps(record).encode()):
            record = self._record(key)
            if {name: record[name] for name in facts} != facts:
                raise ValueError(f"The key {key} was used for another fax: take a new one.")
        return read_status(record)

    def hear(self, heard: Status) -> Status:
        """Take down news of a fax; what is known then. LookupError for one never recorded."""
        record = self._record(heard.key)
        now = advance(read_status(record), heard)
        self.drawer.put(_name(heard.key, "json"), json.dumps({**record, **now._asdict()}).encode())
        return now

    def status(self, key: str) -> Status:
        """Where the fax is. LookupError for one never recorded."""
        return read_status(self._record(key))

    def pages(self, key: str) -> bytes:
        """The TIFF that was sent. LookupError for a fax never recorded."""
        found = self.drawer.get(_name(key, f"{self._record(key)['pages'][:16]}.tiff"))
        if found is None:
            raise LookupError(f"The pages of the fax {key} are gone.")
        return found

    def _record(self, key: str) -> dict[str, str]:
        found = self.drawer.get(_name(key, "json"))
        if found is None:
            raise LookupError(f"There is no fax with the key {key}.")
        record: dict[str, str] = json.loads(found)
        return record


def _name(key: str, kind: str) -> str:
    return f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.{kind}"
