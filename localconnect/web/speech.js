// The browser's own voices.

const synthesis = window.speechSynthesis;
// Browsers name Cantonese and Mandarin in more than one way.
const ALIASES = {
  yue: "zh-HK",
  "yue-HK": "zh-HK",
  "yue-CN": "zh-HK",
  "zh-Hant-HK": "zh-HK",
  zh: "zh-CN",
  "cmn-CN": "zh-CN",
  "cmn-Hans-CN": "zh-CN",
  "zh-Hans-CN": "zh-CN",
};

function normal(tag) {
  const dashed = tag.replaceAll("_", "-");
  return ALIASES[dashed] ?? dashed;
}

/** What is spoken, whatever the accent. Cantonese and Mandarin share a code, yet one is no substitute for the other. */
function spokenForm(tag) {
  return tag === "zh-HK" ? "yue" : tag.split("-")[0];
}

/** The best voice for a language tag: the same region before another one, a local voice before a remote one. */
export function bestVoice(voices, tag) {
  const rank = (voice) => 2 * (normal(voice.lang) === normal(tag)) + voice.localService;
  return voices
    .filter((voice) => spokenForm(normal(voice.lang)) === spokenForm(normal(tag)))
    .sort((one, other) => rank(other) - rank(one))[0];
}

const voiceFor = (tag) => (synthesis ? bestVoice(synthesis.getVoices(), tag) : undefined);

/** Browsers load their voices late: asking once lets them begin. */
export function warmUp() {
  synthesis?.getVoices();
}

/** Long utterances break off in some browsers, so a prompt is spoken a sentence at a time. */
export function sentences(text) {
  return text.split(/(?<=[。！？；!?;\n])|(?<=\.)\s/).filter((sentence) => sentence.trim());
}

let utterances = []; // kept, or Chrome collects them as garbage before their end event

/** Speaks a prompt; `onEnd` is called at its end, not when silenced. Returns false when there is no voice for it. */
export function speak(text, tag, rate, onEnd) {
  silence();
  const voice = voiceFor(tag);
  if (!voice) return false;
  const queue = sentences(text).map((sentence) => utterance(sentence, voice, rate));
  const last = queue.at(-1);
  if (!last) return false;
  utterances = queue;
  last.onend = last.onerror = () => {
    if (utterances === queue) onEnd();
  };
  queue.forEach((sentence) => synthesis.speak(sentence));
  return true;
}

function utterance(sentence, voice, rate) {
  return Object.assign(new SpeechSynthesisUtterance(sentence), { voice, lang: voice.lang, rate });
}

export function silence() {
  utterances = [];
  synthesis?.cancel();
}
