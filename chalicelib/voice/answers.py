"""The operations about questions that are often asked: hear the answers of a category, say whether they help.

For anybody: none asks for an account.
"""

from chalicelib.platform.clock import now
from chalicelib.platform.settings import answers_by_phone
from chalicelib.platform.words import LANGUAGES
from chalicelib.voice.call import Answer, Call
from chalicelib.voice.keypad import whole_number
from chalicelib.voice.paging import page_of
from chalicelib.voice.speech import say


def read_answer(call: Call) -> Answer:
    """Category (a key), Place (from 1; past the last comes the first) -> Result more | last | empty, with Speech;
    or again (pound alone) | invalid. With an answer also ArticleId, Version, and NextPlace (the first after the last).
    """
    from chalicelib import answers
    from chalicelib.tickets.categories import categories

    key = call.parameter("Category")
    chosen = dict(enumerate(categories(), 1)).get(whole_number(key))
    if chosen is None:
        return {"Result": "invalid" if key else "again"}
    listed = answers.listed(chosen["category"], now(), size=answers_by_phone()).articles
    place, told = page_of(listed, whole_number(call.parameter("Place")), 1)
    content = told[0].content if told else None
    if content is None:
        return {"Result": "empty", "Speech": say(call.language, "answers.none")}
    text = content.texts[call.language if call.language in content.texts else LANGUAGES[0]]
    counted = say(call.language, "answers.place", place=place.page, places=place.pages)
    more = place.page < place.pages
    return {
        "Result": "more" if more else "last",
        "NextPlace": str(place.page + 1 if more else 1),
        "ArticleId": told[0].article_id,
        "Version": str(told[0].published),
        "Speech": f"{counted} {text.question} {text.spoken}",
    }


def vote_answer(call: Call) -> Answer:
    """ArticleId, Version, Helped (yes | no) -> Result ok, and Speech. A call counts once for an answer."""
    from chalicelib import answers

    helped = call.parameter("Helped")
    if helped not in ("yes", "no"):
        raise ValueError("Helped is yes or no: the flow must send one of them.")
    version = whole_number(call.parameter("Version"))
    answers.vote(call.parameter("ArticleId"), version, call.contact_id, helped == "yes", now())
    return {"Result": "ok", "Speech": say(call.language, f"answers.helped.{helped}")}
