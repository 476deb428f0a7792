"""Participant actions: what the caller hears and types.

Keys typed ahead follow the page "Touchtone buffering" of the Administrator Guide. Unless the flow has enabled the
buffer (GetParticipantInput with EnableDTMFBuffer), a key counts only from the moment a GetParticipantInput begins to
play its prompt, which the key cuts short; keys typed before, during a MessageParticipant or a function's work, are
dropped. With the buffer enabled up to 30 keys wait for the next inputs: a menu takes one, a stored input as many as it
holds, and neither plays its prompt then. A MessageParticipant plays to its end unless it has
SkipWhenDTMFBufferEnabled: then waiting keys skip it and a new key cuts it short.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import phonenumbers

from localconnect.actions.doubled import ask, settle
from localconnect.call import ActionFailed, Call, Disconnected
from localconnect.contact import Contact
from localconnect.doubles import Answered, Failed, Outcome
from localconnect.effects import Effect, Reply, Speak
from localconnect.encryption import encrypt
from localconnect.flow import Perform, Steps
from localconnect.language.references import read_text, read_tree
from localconnect.overrides import Answer, Failure, Substitute
from localconnect.speech import plain_text, silence, speaking_seconds
from localconnect.voices import spoken_language

MASK = "•"
TIMEOUT = "Timeout"
"""What $.StoredCustomerInput holds when nothing was typed (page "Store customer input")."""

_LONGEST_PHONE_NUMBER = 15

Say = Callable[[Call, bool], Speak]
Store = Callable[[Call, str], None]


def message_participant(parameters: Mapping[str, Any]) -> Perform:
    """Plays a prompt. A PromptId, whose sound is not at hand, is spoken as "[prompt <id>]", Media as "[media <uri>]".

    The breaks of an SSML prompt come after its words: the phone that speaks it knows no SSML. Only text can be written
    to a chat; a task goes on without (page "Supported channels for flow blocks").
    """
    say = _read_prompt(parameters)
    is_text = "Text" in parameters
    skippable = _is_true(parameters.get("SkipWhenDTMFBufferEnabled"))

    def perform(call: Call) -> Steps:
        if call.contact.channel == "TASK":
            return None
        if not is_text and call.contact.channel != "VOICE":
            raise ActionFailed(f"a {call.contact.channel} contact takes Text only")
        interruptible = skippable and call.contact.buffering
        if say and not (interruptible and call.contact.typed_ahead):
            prompt = say(call, interruptible)
            yield prompt
            if prompt.ssml and not call.contact.typed_ahead and (rest := silence(prompt.text)):
                yield from call.pause(rest)
        return None

    return perform


def message_participant_iteratively(parameters: Mapping[str, Any]) -> Perform:
    """Plays its messages over and over, until InterruptFrequencySeconds are over, or else until an agent comes.

    Where a prompt takes no time, as in a script, each lasts as long as a voice would take, so that time goes by.
    """
    says = [say for say in map(_read_prompt, parameters["Messages"]) if say]
    seconds = parameters.get("InterruptFrequencySeconds")
    most = None if seconds is None else int(seconds)

    def perform(call: Call) -> Steps:
        began = call.clock.now()
        for say in cycle(says):
            started = call.clock.now()
            prompt = say(call, False)
            yield prompt
            left = None if most is None else most - (call.clock.now() - began).total_seconds()
            if call.clock.now() == started:
                lasts = _speaking_time(prompt)
                yield from call.pause(lasts if left is None else min(lasts, left))
            if most is not None and (call.clock.now() - began).total_seconds() >= most:
                return "MessagesInterrupted"
        return None

    return perform


def _speaking_time(prompt: Speak) -> float:
    if not prompt.ssml:
        return speaking_seconds(prompt.text)
    return speaking_seconds(plain_text(prompt.text)) + silence(prompt.text)


def connect_participant_with_lex_bot(parameters: Mapping[str, Any]) -> Perform:
    """Says the prompt and has the bot's double, or the test case, say what came of it. The double is told the Utterance
    of a test case that has one for it. The result is the intent's name, and $.Lex has what a test case's LoadedData or
    the double gives, such as IntentName, Slots and SessionAttributes.
    """
    say = _read_prompt(parameters)
    read = read_tree(parameters)
    bot = parameters.get("LexV2Bot", {}).get("AliasArn") or parameters.get("LexBot", {})["Name"]
    read_bot = read_text(bot)

    def perform(call: Call) -> Steps:
        if say:
            yield say(call, True)
        asked = {**read(call), "Utterance": call.utterances[0]} if call.utterances else read(call)
        override = call.overrides.take("ConnectParticipantWithLexBot", read_bot(call))
        match override:
            case Answer(value, delay):
                return (yield from settle(call, _read_loaded(value, delay)))
            case Failure(error, delay):
                return (yield from settle(call, Failed(error, "the test case says so", delay)))
            case Substitute(arn):
                return (yield from ask(call, "ConnectParticipantWithLexBot", {**asked, **_bot(arn)}))
        return (yield from ask(call, "ConnectParticipantWithLexBot", asked))

    return perform


def _bot(alias_arn: str) -> dict[str, Any]:
    return {"LexV2Bot": {"AliasArn": alias_arn}}


def _read_loaded(text: str, delay: float) -> Outcome:
    """A test case's LoadedData: what is then under $.Lex, as JSON."""
    try:
        lex = json.loads(text)
    except ValueError:
        lex = None
    if not isinstance(lex, dict):
        return Failed(reason="the LoadedData of the test case is no JSON object", seconds=delay)
    intent = lex.get("IntentName")
    return Answered(intent if isinstance(intent, str) else "FallbackIntent", {"Lex": lex}, delay)


def get_participant_input(parameters: Mapping[str, Any]) -> Perform:
    if "EnableDTMFBuffer" in parameters:
        return _set_buffer(parameters)
    if _is_true(parameters.get("StoreInput")):
        return _store_input(parameters)
    return _menu(parameters)


def disconnect_participant(parameters: Mapping[str, Any]) -> Perform:
    def perform(call: Call) -> None:
        raise Disconnected

    return perform


def _menu(parameters: Mapping[str, Any]) -> Perform:
    """One key, which the conditions compare. The time limit runs from the end of the prompt."""
    say = _read_prompt(parameters)
    seconds = int(parameters["InputTimeLimitSeconds"])

    def perform(call: Call) -> Steps:
        _require_voice(call.contact)
        _drop_unbuffered_keys(call.contact)
        if say and not call.contact.typed_ahead:
            yield say(call, True)
        key = yield from call.next_key(seconds, secret=False)
        if key is None:
            raise ActionFailed(f"no key within {seconds} s", "InputTimeLimitExceeded")
        _report_keys(call, key, secret=False)
        return key

    return perform


@dataclass(frozen=True, slots=True)
class _Limits:
    """``first`` and ``between``: seconds to wait for the first and for each further key."""

    first: int
    between: int
    maximum: int
    terminator: str
    cancels: bool


def _store_input(parameters: Mapping[str, Any]) -> Perform:
    """Keys until the terminator, the maximum length, or a key that does not come in time, into $.StoredCustomerInput.

    Nothing typed: "Timeout", on the success path. Two readings of ours where the page "Store customer input" leaves
    it open: after the cancel key, which deletes what was typed, typing goes on; and "Timeout" stays in clear where the
    input is encrypted, so that a flow can compare it.
    """
    say = _read_prompt(parameters)
    limits = _read_limits(parameters)
    store = _read_store(parameters)
    secret = "InputEncryption" in parameters
    validation = parameters["InputValidation"].get("PhoneNumberValidation")

    def perform(call: Call) -> Steps:
        _require_voice(call.contact)
        _drop_unbuffered_keys(call.contact)
        if say and not call.contact.typed_ahead:
            yield say(call, True)
        typed = yield from _collect(call, limits, secret)
        if typed is None:
            call.scope.stored_input = TIMEOUT
        else:
            store(call, _read_phone_number(typed, validation) if validation else typed)
        return None

    return perform


def _read_limits(parameters: Mapping[str, Any]) -> _Limits:
    keys = parameters.get("DTMFConfiguration", {})
    custom = parameters["InputValidation"].get("CustomValidation")
    return _Limits(
        first=int(parameters["InputTimeLimitSeconds"]),
        between=int(keys.get("InterdigitTimeLimitSeconds", 5)),
        maximum=int(custom["MaximumLength"]) if custom else _LONGEST_PHONE_NUMBER,
        terminator=keys.get("InputTerminationSequence", "#"),
        cancels=not _is_true(keys.get("DisableCancelKey")),
    )


def _collect(call: Call, limits: _Limits, secret: bool) -> Generator[Effect, Reply, str | None]:
    """What was typed, without the terminator; None when nothing was."""
    pressed, typed, seconds = "", "", limits.first
    ended = False
    while not ended:
        key = yield from call.next_key(seconds, secret)
        if key is None:
            break
        pressed, seconds = pressed + key, limits.between
        typed = "" if key == "*" and limits.cancels else typed + key
        ended = typed.endswith(limits.terminator) or len(typed) == limits.maximum
    if pressed:
        _report_keys(call, pressed, secret)
    return typed.removesuffix(limits.terminator) if ended or typed else None


def _read_phone_number(digits: str, validation: Mapping[str, str]) -> str:
    """In E.164 form. A local number gets its country's code (page "Store customer input")."""
    local = validation["NumberFormat"] == "Local"
    try:
        number = phonenumbers.parse(digits if local else f"+{digits}", validation["CountryCode"] if local else None)
    except phonenumbers.NumberParseException as error:
        raise ActionFailed(str(error), "InvalidPhoneNumber") from error
    if not phonenumbers.is_valid_number(number):
        raise ActionFailed("the digits are no telephone number in use", "InvalidPhoneNumber")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _set_buffer(parameters: Mapping[str, Any]) -> Perform:
    """Enable the touchtone buffer, or stop and clear it, storing what was in it if StoreInput says so (page "Set
    Touchtone Buffer Behavior").
    """
    enable = _is_true(parameters["EnableDTMFBuffer"])
    store = _read_store(parameters) if _is_true(parameters.get("StoreInput")) else None
    secret = "InputEncryption" in parameters

    def perform(call: Call) -> None:
        _require_voice(call.contact)
        _drop_unbuffered_keys(call.contact)
        call.contact.buffering = enable
        if enable:
            return
        keys = "".join(call.contact.typed_ahead)
        call.contact.typed_ahead.clear()
        if store:
            _report_keys(call, keys, secret)
            store(call, keys)

    return perform


def _read_prompt(parameters: Mapping[str, Any]) -> Say | None:
    """What makes the Speak of an action's prompt, given the call and whether a key cuts it short; None without one."""
    kind = next((kind for kind in ("Text", "SSML", "PromptId", "Media") if kind in parameters), None)
    match kind:
        case None:
            return None
        case "PromptId":
            read = read_text(f"[prompt {parameters[kind]}]")
        case "Media":
            read = read_text(f"[media {parameters[kind]['Uri']}]")
        case _:
            read = read_text(parameters[kind])

    def say(call: Call, barge_in: bool) -> Speak:
        voice = call.contact.voice
        language = spoken_language(voice, call.contact.language_code)
        speak = Speak(read(call), kind == "SSML", language, voice, barge_in, call.audience)
        if call.observer:
            call.observer.message(plain_text(speak.text) if speak.ssml else speak.text, language)
        return speak

    return say


def _read_store(parameters: Mapping[str, Any]) -> Store:
    encryption = parameters.get("InputEncryption")
    if encryption is None:
        return _store_in_clear
    key_id, certificate = read_text(encryption["EncryptionKeyId"]), read_text(encryption["Key"])

    def store(call: Call, typed: str) -> None:
        try:
            call.scope.stored_input = encrypt(typed, key_id(call), certificate(call))
        except ValueError as error:
            raise ActionFailed(str(error)) from error

    return store


def _store_in_clear(call: Call, typed: str) -> None:
    call.scope.stored_input = typed


def _drop_unbuffered_keys(contact: Contact) -> None:
    if not contact.buffering:
        contact.typed_ahead.clear()


def _report_keys(call: Call, keys: str, secret: bool) -> None:
    if call.observer:
        call.observer.keys_taken(MASK * len(keys) if secret else keys)


def _require_voice(contact: Contact) -> None:
    if contact.channel != "VOICE":
        raise ActionFailed(f"a {contact.channel} contact has no keypad")


def _is_true(flag: str | None) -> bool:
    return flag is not None and flag.casefold() == "true"
