"""What a caller keyed in, as a flow hands it on."""

import base64
import hashlib
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from chalicelib.platform.secrets import secrets

# What $.StoredCustomerInput holds when no key was pressed (API Reference, GetParticipantInput).
SILENCE = "Timeout"
BACK = "*"
_DAY_LENGTHS = (4, 8)
# 29 February comes again after eight years at most.
_YEARS_BACK = 9


def decrypt(stored_input: str) -> str:
    """The digits of an input that the flow stored with InputEncryption; "" when nothing was keyed in.

    Connect seals them as an AWS Encryption SDK message whose data key is wrapped with RSA-OAEP-SHA512 under the
    provider "AmazonConnect" (Administrator Guide, "Encrypt sensitive customer input"). ValueError for anything else;
    its text never holds the input.
    """
    if stored_input == SILENCE:
        return ""
    # Here and not above: only two operations read sealed input, and the imports cost them 0.1 s once.
    from aws_encryption_sdk.exceptions import AWSEncryptionSDKClientError

    try:
        plain, _ = _client().decrypt(
            source=base64.b64decode(stored_input), key_provider=_keys(secrets().input_private_key)
        )
        return bytes(plain).decode("ascii")
    except (AWSEncryptionSDKClientError, ValueError):
        raise ValueError(
            "The input is not sealed with this stage's key: deploy the flows and the key together."
        ) from None


def entry_id(contact_id: str, stored_input: str) -> str:
    """Names one entry at the keypad: delivered twice it has the same id; the same digits keyed again have another."""
    return hashlib.sha256(f"{contact_id}:{stored_input}".encode()).hexdigest()[:32]


def not_an_entry(keys: str) -> str:
    """What an entry was, if not what was asked for: none | back | invalid."""
    if not keys:
        return "none"
    return "back" if keys == BACK else "invalid"


def whole_number(keys: str) -> int:
    """Digits as a number; 0, which no rule accepts, for anything else."""
    return int(keys) if keys.isascii() and keys.isdigit() else 0


def decimal_number(keys: str) -> Decimal:
    """A price keyed in with ``*`` as the point; 0, which no rule accepts, for anything else."""
    try:
        return Decimal(keys.replace("*", ".", 1)) if set(keys) <= set("0123456789*") else Decimal(0)
    except InvalidOperation:
        return Decimal(0)


def day_keyed(keys: str, latest: date) -> date | None:
    """A day not after ``latest``, keyed in as YYYYMMDD, or as MMDD for the last such day; None for anything else."""
    if not (keys.isascii() and keys.isdigit() and len(keys) in _DAY_LENGTHS):
        return None
    years = (keys[:-4],) if keys[:-4] else range(latest.year, latest.year - _YEARS_BACK, -1)
    days = (calendar_day(int(year), keys[-4:]) for year in years)
    return next((day for day in days if day and day <= latest), None)


def calendar_day(year: int, month_and_day: str) -> date | None:
    """The day of that year keyed in as MMDD, if there is one."""
    try:
        return date(year, int(month_and_day[:2]), int(month_and_day[2:]))
    except ValueError:
        return None


@cache
def _client() -> Any:
    from aws_encryption_sdk import CommitmentPolicy, EncryptionSDKClient

    # Whether Connect's messages commit to their key is not documented, so both kinds are taken.
    policy = CommitmentPolicy.REQUIRE_ENCRYPT_ALLOW_DECRYPT
    return EncryptionSDKClient(commitment_policy=policy, max_encrypted_data_keys=1)


@cache
def _keys(private_key: bytes) -> Any:
    """Kept from call to call: to read an RSA key, and see that it is one, takes 0.06 s."""
    from aws_encryption_sdk.identifiers import EncryptionKeyType, WrappingAlgorithm
    from aws_encryption_sdk.internal.crypto.wrapping_keys import WrappingKey
    from aws_encryption_sdk.key_providers.raw import RawMasterKeyProvider

    class InputKey(RawMasterKeyProvider):  # type: ignore[misc]
        """The stage's private key, whatever id Connect gave its public half."""

        provider_id = "AmazonConnect"
        vend_masterkey_on_decrypt = True

        def _get_raw_key(self, key_id: str) -> WrappingKey:
            return wrapping_key

    wrapping_key = WrappingKey(
        wrapping_algorithm=WrappingAlgorithm.RSA_OAEP_SHA512_MGF1,
        wrapping_key=private_key,
        wrapping_key_type=EncryptionKeyType.PRIVATE,
    )
    return InputKey()
