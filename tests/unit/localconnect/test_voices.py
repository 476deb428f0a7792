import pytest

from localconnect.speech import plain_text
from localconnect.voices import spoken_language


@pytest.mark.parametrize(
    ("voice", "language_code", "spoken"),
    [
        ("Zhiyu", "en-US", "zh-CN"),
        ("Hiujin", "cmn-CN", "zh-HK"),
        ("Joanna", "cmn-CN", "en-US"),
        ("Someone", "yue-CN", "zh-HK"),
        ("Someone", "en-GB", "en-GB"),
    ],
)
def test_the_voice_decides_the_language(voice: str, language_code: str, spoken: str) -> None:
    assert spoken_language(voice, language_code) == spoken


def test_ssml_without_its_tags() -> None:
    ssml = '<speak>代码<say-as interpret-as="digits">600519</say-as>，A &amp; B<break time="1s"/>。</speak>'
    assert plain_text(ssml) == "代码6 0 0 5 1 9，A & B。"
