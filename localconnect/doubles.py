"""What stands in for the services that a flow asks something of and that are not here: Amazon Lex, Customer Profiles,
Cases, views, Voice ID, telephone calls to others, agents.

An action of a type that :func:`localconnect.language.schema.support` calls "doubled" puts a :class:`Request` to the
instance's ``doubles`` and goes on with their outcome. To have another outcome, give the type another double::

    instance.doubles = DefaultDoubles(profiles=[{"FirstName": "Mei", "PhoneNumber": "+85221234567"}])
    instance.doubles.table["ShowView"] = lambda request: Answered("Next", {"Views": {"Action": "Next"}})

A double has no part in the flow: data in, an outcome out. A test case's override goes before it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import uuid4

from localconnect.contact import Contact
from localconnect.shelf import Record, Shelf


@dataclass(frozen=True, slots=True)
class Request:
    """``parameters`` are the action's, with their references filled in and what it takes from the contact added."""

    action_type: str
    parameters: Mapping[str, Any]
    contact: Contact


@dataclass(frozen=True, slots=True)
class Answered:
    """It went well, after ``seconds``. ``result`` is what the action's conditions compare, None where it has none;
    ``data`` can be read from then on, by namespace: ``{"Lex": {"IntentName": "Balance"}}`` as $.Lex.IntentName.
    """

    result: str | None = None
    data: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class Failed:
    """The action takes the branch of this ErrorType, after ``seconds``; ``reason`` is for people."""

    error: str = "NoMatchingError"
    reason: str = "its double says so"
    seconds: float = 0


Outcome = Answered | Failed
Double = Callable[[Request], Outcome]


class Doubles(Protocol):
    def answer(self, request: Request) -> Outcome:
        """What comes of ``request``. Does not raise."""


class DefaultDoubles:
    """A world in which every service is there and empty, whoever is called answers, and nobody else acts.

    ``profiles`` are those of Customer Profiles, by the names of its fields; ``cases`` those of Cases, by the ids of
    theirs. Both grow as flows create more. ``created`` collects the tasks, callbacks and chats that flows have asked
    for; nothing comes of them. ``table`` has the double of each type, to be replaced at will.
    """

    def __init__(self, *, profiles: Iterable[Record] = (), cases: Iterable[Record] = ()) -> None:
        self.profiles = Shelf("ProfileId", profiles)
        self.cases = Shelf("case_id", cases)
        self.created: list[Request] = []
        self.table: dict[str, Double] = {
            **_TABLE,
            "CreateCallbackContact": self.create_contact,
            "CreateCase": self.create_case,
            "CreateCustomerProfile": self.create_profile,
            "CreateTask": self.create_contact,
            "GetCase": self.get_case,
            "GetCustomerProfile": self.get_profile,
            "StartOutboundChatContact": self.create_contact,
            "UpdateCase": self.update_case,
            "UpdateCustomerProfile": self.update_profile,
        }

    def answer(self, request: Request) -> Outcome:
        return self.table[request.action_type](request)

    def create_contact(self, request: Request) -> Outcome:
        """A task, a callback or a chat is taken note of."""
        self.created.append(request)
        return Answered()

    def create_profile(self, request: Request) -> Outcome:
        return _profile_answer(self.profiles.add(request.parameters["ProfileRequestData"]), request)

    def get_profile(self, request: Request) -> Outcome:
        """The one profile whose fields are as ProfileRequestData says, in any of its forms."""
        search = request.parameters["ProfileRequestData"]
        enough = any if search.get("LogicalOperator") == "OR" else all
        found = self.profiles.find(list(_identifiers(search)), enough)
        if len(found) == 1:
            return _profile_answer(found[0], request)
        error = "MultipleFoundError" if found else "NoneFoundError"
        return Failed(error, f"{len(found)} profiles fit")

    def update_profile(self, request: Request) -> Outcome:
        """Of the profile whose ProfileId the request has, or else $.Customer has."""
        changes = request.parameters["ProfileRequestData"]
        loaded = request.contact.loaded.get("Customer", {})
        updated = self.profiles.update(changes.get("ProfileId") or loaded.get("ProfileId"), changes)
        return _profile_answer(updated, request) if updated else Failed(reason="there is no such profile")

    def create_case(self, request: Request) -> Outcome:
        fields = request.parameters.get("CaseRequestFields", {})
        return _case_answer(self.cases.add({**fields, "template_id": request.parameters["CaseTemplateId"]}), request)

    def get_case(self, request: Request) -> Outcome:
        """The case of the customer with these fields; of several, the last updated if the request wants that."""
        wanted = list(request.parameters.get("CaseRequestFields", {}).items())
        if "CustomerId" in request.parameters:
            wanted.append(("customer_id", request.parameters["CustomerId"]))
        found = self.cases.find(wanted)
        if not found:
            return Failed("NoneFound", "no case fits")
        if len(found) > 1 and request.parameters["GetLastUpdatedCase"].casefold() != "true":
            return Failed("MultipleFound", f"{len(found)} cases fit")
        return _case_answer(found[-1], request)

    def update_case(self, request: Request) -> Outcome:
        updated = self.cases.update(request.parameters["CaseId"], request.parameters.get("CaseRequestFields", {}))
        return _case_answer(updated, request) if updated else Failed(reason="there is no such case")


def accept(request: Request) -> Outcome:
    """It is done; nobody has to see to it. Holding a previous participant holds nobody."""
    return Answered()


def talk_to_bot(request: Request) -> Outcome:
    """A bot that understands nothing: FallbackIntent, with the session attributes it was given."""
    attributes = request.parameters.get("LexSessionAttributes", {})
    lex = {"IntentName": "FallbackIntent", "Slots": {}, "SessionAttributes": attributes}
    return Answered("FallbackIntent", {"Lex": lex})


def show_view(request: Request) -> Outcome:
    """Nobody does anything in the view, until its time is over."""
    return Failed("TimeLimitExceeded", "nobody answered the view", float(request.parameters["Seconds"]))


def sign_in(request: Request) -> Outcome:
    """Nobody signs in, until the time for it is over."""
    return Failed("TimeLimitExceeded", "nobody signed in", 60 * float(request.parameters["TimeLimitMinutes"]))


def wait_for_event(request: Request) -> Outcome:
    """No event comes before the time is over; a contact has no bot that works behind its flow."""
    if "BotParticipantDisconnected" in request.parameters["Events"]:
        return Failed("ParticipantNotFound", "there is no bot in the contact")
    return Answered("WaitCompleted", seconds=float(request.parameters["Seconds"]))


def check_voice_id(request: Request) -> Outcome:
    """Nobody is enrolled, so nobody is known, as a fraudster neither."""
    fraud = request.parameters["CheckVoiceIdOption"] == "fraudDetection"
    return Answered("Inconclusive" if fraud else "NotEnrolled")


def stream_media(request: Request) -> Outcome:
    """A stream that can be named but not listened to."""
    if request.parameters["MediaStreamingState"] == "Disabled":
        return Answered()
    stream = f"arn:aws:kinesisvideo:{request.contact.region}:000000000000:stream/{request.contact.contact_id}"
    audio = {"StreamARN": stream, "StartTimestamp": "0", "StartFragmentNumber": "0"}
    return Answered(data={"MediaStreams": {"Customer": {"Audio": audio}}})


def create_session(request: Request) -> Outcome:
    return Answered(data={"Wisdom": {"SessionArn": f"{request.parameters['WisdomAssistantArn']}/session/{uuid4()}"}})


def find_no_profile_part(request: Request) -> Outcome:
    """No profile has objects or calculated attributes."""
    return Failed("NoneFoundError", "the profile has none")


def find_no_table(request: Request) -> Outcome:
    return Failed(reason=f"there is no data table {request.parameters['DataTableId']!r}")


def draw(request: Request) -> Outcome:
    """A number from 1 to 100."""
    return Answered(str(random.randint(1, 100)))


_TABLE: dict[str, Double] = {
    "AssociateContactToCustomerProfile": accept,
    "AuthenticateParticipant": sign_in,
    "CheckOutboundCallStatus": lambda request: Answered("CallAnswered"),
    "CheckVoiceId": check_voice_id,
    "CompleteOutboundCall": accept,
    "ConnectParticipantWithLexBot": talk_to_bot,
    "CreatePersistentContactAssociation": accept,
    "CreateWisdomSession": create_session,
    "DistributeByPercentage": draw,
    "EvaluateDataTableValues": find_no_table,
    "GetCalculatedAttributesForCustomerProfile": find_no_profile_part,
    "GetCustomerProfileObject": find_no_profile_part,
    "ListDataTableValues": find_no_table,
    "ResumeContact": accept,
    "ShowView": show_view,
    "StartVoiceIdStream": accept,
    "TransferParticipantToThirdParty": accept,
    "UpdateContactMediaProcessing": accept,
    "UpdateContactMediaStreamingBehavior": stream_media,
    "UpdatePreviousContactParticipantState": accept,
    "UpsertDataTableValues": find_no_table,
    "Wait": wait_for_event,
}

# Names of standard search keys (API Reference of Customer Profiles, SearchProfiles) and the fields that they look into.
_SEARCH_KEYS = {
    "_account": "AccountNumber",
    "_email": "EmailAddress",
    "_phone": "PhoneNumber",
    "_profileId": "ProfileId",
}


def _identifiers(search: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """What a GetCustomerProfile searches for: as its page writes it, or as the console does, by the fields' names."""
    criteria = search.get("SearchCriteria", [search] if "IdentifierName" in search else None)
    if criteria is None:
        yield from search.items()
        return
    for criterion in criteria:
        name = criterion["IdentifierName"]
        yield _SEARCH_KEYS.get(name, name), criterion["IdentifierValue"]


def _profile_answer(profile: Record, request: Request) -> Outcome:
    wanted = ("ProfileId", *request.parameters.get("ProfileResponseData", ()))
    return Answered(data={"Customer": {name: profile.get(name) for name in wanted}})


def _case_answer(case: Record, request: Request) -> Outcome:
    wanted = ("case_id", *request.parameters.get("CaseResponseFields", ()))
    return Answered(data={"Case": {name: case.get(name) for name in wanted}})
