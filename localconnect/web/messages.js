// What both pages say of themselves, in three languages. What the line says comes from its flows.

const COMMON = {
  en: {
    language: "Language of this page",
    speech: "Speech",
    speed: "Speed of speech",
    microphone: "Microphone",
    microphoneRefused: "The browser did not give the microphone: allow it for this page, or go on without.",
    heard: "How loud the other side is",
    spoken: "How loud you are",
    badNumber: "Write the number with its country code, such as +8613800138000.",
    call: "Call",
    hangUp: "Hang up",
    noVoice: (name) => `This browser has no voice for ${name}: the line pauses as long as a voice would take.`,
  },
  "zh-CN": {
    language: "页面语言",
    speech: "语音",
    speed: "语速",
    microphone: "麦克风",
    microphoneRefused: "浏览器没有开放麦克风：请允许此页面使用，或继续而不使用麦克风。",
    heard: "对方音量",
    spoken: "您的音量",
    badNumber: "请输入带国家代码的号码，例如 +8613800138000。",
    call: "拨打",
    hangUp: "挂断",
    noVoice: (name) => `此浏览器没有${name}语音，线路会按正常语速停顿。`,
  },
  "zh-HK": {
    language: "頁面語言",
    speech: "語音",
    speed: "語速",
    microphone: "麥克風",
    microphoneRefused: "瀏覽器沒有開放麥克風：請容許此頁面使用，或繼續而不使用麥克風。",
    heard: "對方音量",
    spoken: "您的音量",
    badNumber: "請輸入連國家代碼的號碼，例如 +8613800138000。",
    call: "致電",
    hangUp: "掛線",
    noVoice: (name) => `此瀏覽器沒有${name}語音，線路會按正常語速停頓。`,
  },
};

/** A page's own texts, by language, with those that both pages share. */
export function catalogue(own) {
  return Object.fromEntries(Object.entries(own).map(([tag, words]) => [tag, { ...COMMON[tag], ...words }]));
}

/** The catalogue's language that fits the browser's own languages best. */
export function preferredLanguage(languages) {
  for (const tag of languages) {
    if (/^(zh-(HK|MO|TW|Hant)|yue)/i.test(tag)) return "zh-HK";
    if (/^zh/i.test(tag)) return "zh-CN";
    if (/^en/i.test(tag)) return "en";
  }
  return "en";
}
