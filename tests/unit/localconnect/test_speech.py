import pytest

from localconnect.speech import plain_text, silence


@pytest.mark.parametrize(
    ("ssml", "seconds"),
    [
        ("<speak>Hold.</speak>", 0),
        ("<speak>Hold.<break/></speak>", 0),
        ('<speak>Hold.<break time="10s"/><break time="500ms"/></speak>', 10.5),
        ("<speak><break strength='weak' time='1.5s'/>Hold.</speak>", 1.5),
    ],
)
def test_silence_is_the_breaks_whose_time_is_given(ssml: str, seconds: float) -> None:
    assert silence(ssml) == seconds


def test_plain_text_has_neither_tags_nor_breaks() -> None:
    assert plain_text('<speak>A &amp; <break time="1s"/>B</speak>') == "A & B"
