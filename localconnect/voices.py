"""Which language a voice of Amazon Polly speaks (page "Available voices" of the Amazon Polly Developer Guide)."""

from __future__ import annotations

_VOICES = {
    "arb": "Zeina",
    "ar-AE": "Hala Zayd",
    "ca-ES": "Arlet",
    "cmn-CN": "Zhiyu",
    "cs-CZ": "Jitka",
    "cy-GB": "Gwyneth",
    "da-DK": "Mads Naja Sofie",
    "de-AT": "Hannah",
    "de-CH": "Sabrina",
    "de-DE": "Daniel Hans Marlene Vicki",
    "en-AU": "Nicole Olivia Russell",
    "en-GB": "Amy Arthur Brian Emma",
    "en-GB-WLS": "Geraint",
    "en-IE": "Niamh",
    "en-IN": "Aditi Kajal Raveena",
    "en-NZ": "Aria",
    "en-SG": "Jasmine",
    "en-US": "Danielle Gregory Ivy Joanna Joey Justin Kendra Kevin Kimberly Matthew Patrick Ruth Salli Stephen",
    "en-ZA": "Ayanda",
    "es-ES": "Alba Conchita Enrique Lucia Raul Sergio",
    "es-MX": "Andres Mia",
    "es-US": "Lupe Miguel Pedro Penelope",
    "fi-FI": "Suvi",
    "fr-BE": "Isabelle",
    "fr-CA": "Chantal Gabrielle Liam",
    "fr-FR": "Celine Lea Mathieu Remi",
    "is-IS": "Dora Karl",
    "it-IT": "Adriano Beatrice Bianca Carla Giorgio Lorenzo",
    "ja-JP": "Kazuha Mizuki Takumi Tomoko",
    "ko-KR": "Jihye Seoyeon",
    "nb-NO": "Ida Liv",
    "nl-BE": "Lisa",
    "nl-NL": "Laura Lotte Ruben",
    "pl-PL": "Ewa Jacek Jan Maja Ola",
    "pt-BR": "Camila Ricardo Thiago Vitoria",
    "pt-PT": "Cristiano Ines",
    "ro-RO": "Carmen",
    "ru-RU": "Maxim Tatyana",
    "sv-SE": "Astrid Elin",
    "tr-TR": "Burcu Filiz",
    "yue-CN": "Hiujin",
}
LANGUAGE_OF_VOICE = {voice: language for language, voices in _VOICES.items() for voice in voices.split()}

_BROWSER_TAGS = {"cmn-CN": "zh-CN", "yue-CN": "zh-HK", "arb": "ar", "en-GB-WLS": "en-GB"}


def spoken_language(voice: str, language_code: str) -> str:
    """The BCP 47 tag, as browsers' voices have it, in which ``voice`` speaks: the voice decides, not the contact's
    language code, which stands in only for a voice that this table does not have.
    """
    language = LANGUAGE_OF_VOICE.get(voice, language_code)
    return _BROWSER_TAGS.get(language, language)
