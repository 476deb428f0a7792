// What the page itself says, in three languages. What the line says comes from its flows.

const EN = {
  language: "Language of this page",
  speech: "Speech",
  speed: "Speed of speech",
  phone: "Phone",
  keypad: "Keypad",
  digits: "Keys pressed",
  callerNumber: "Calling from",
  badNumber: "Write the number with its country code, such as +8613800138000.",
  call: "Call",
  hangUp: "Hang up",
  keyboardHint: "Keyboard: 0–9 * # press keys, Enter calls, Escape hangs up.",
  transcript: "Transcript",
  empty: "Press Call: what the line says and what you press appear here.",
  trace: "Flow trace",
  attributes: "Contact attributes",
  idle: "Ready",
  dialling: "Calling…",
  connected: "Connected",
  speaking: "Speaking",
  listening: "Listening",
  queued: (queue) => `In the queue ${queue}`,
  waitingForAgent: (queue) => `You are waiting for an agent in the queue ${queue}. Hang up when you have heard enough.`,
  ended: "Call ended",
  noVoice: (name) => `This browser has no voice for ${name}: the line pauses as long as a voice would take.`,
  lost: "The line does not answer. Is localconnect still running?",
  reasons: {
    "flow ended": "The flow ended the call.",
    "caller hung up": "You hung up.",
    "left in queue": "You left the queue.",
    "step limit": "The flow took too many steps without an end.",
    "stopped": "The contact was stopped from outside.",
    "error": "Something broke in localconnect.",
  },
};

const ZH_CN = {
  language: "页面语言",
  speech: "语音",
  speed: "语速",
  phone: "电话",
  keypad: "拨号键盘",
  digits: "已按按键",
  callerNumber: "主叫号码",
  badNumber: "请输入带国家代码的号码，例如 +8613800138000。",
  call: "拨打",
  hangUp: "挂断",
  keyboardHint: "键盘：0–9 * # 按键，Enter 拨打，Esc 挂断。",
  transcript: "通话记录",
  empty: "点按“拨打”，线路所说和您所按的内容会显示在这里。",
  trace: "流程轨迹",
  attributes: "联系属性",
  idle: "就绪",
  dialling: "正在拨打…",
  connected: "已接通",
  speaking: "正在播报",
  listening: "等待按键",
  queued: (queue) => `正在队列 ${queue} 中等候`,
  waitingForAgent: (queue) => `您正在队列 ${queue} 中等候座席，可随时挂断。`,
  ended: "通话已结束",
  noVoice: (name) => `此浏览器没有${name}语音，线路会按正常语速停顿。`,
  lost: "线路没有应答，localconnect 是否仍在运行？",
  reasons: {
    "flow ended": "流程结束了通话。",
    "caller hung up": "您已挂断。",
    "left in queue": "您已离开队列。",
    "step limit": "流程步骤过多，没有结束。",
    "stopped": "通话已被系统结束。",
    "error": "localconnect 出错了。",
  },
};

const ZH_HK = {
  language: "頁面語言",
  speech: "語音",
  speed: "語速",
  phone: "電話",
  keypad: "撥號鍵盤",
  digits: "已按按鍵",
  callerNumber: "來電號碼",
  badNumber: "請輸入連國家代碼的號碼，例如 +8613800138000。",
  call: "致電",
  hangUp: "掛線",
  keyboardHint: "鍵盤：0–9 * # 按鍵，Enter 致電，Esc 掛線。",
  transcript: "通話紀錄",
  empty: "按「致電」，線路所說和您所按的內容會顯示在這裏。",
  trace: "流程軌跡",
  attributes: "聯絡屬性",
  idle: "就緒",
  dialling: "正在致電…",
  connected: "已接通",
  speaking: "正在播放",
  listening: "等候按鍵",
  queued: (queue) => `正在隊列 ${queue} 中等候`,
  waitingForAgent: (queue) => `您正在隊列 ${queue} 中等候客戶服務員，可隨時掛線。`,
  ended: "通話已結束",
  noVoice: (name) => `此瀏覽器沒有${name}語音，線路會按正常語速停頓。`,
  lost: "線路沒有應答，localconnect 是否仍在運行？",
  reasons: {
    "flow ended": "流程結束了通話。",
    "caller hung up": "您已掛線。",
    "left in queue": "您已離開隊列。",
    "step limit": "流程步驟過多，沒有結束。",
    "stopped": "通話已被系統結束。",
    "error": "localconnect 出錯了。",
  },
};

export const CATALOGUE = { en: EN, "zh-CN": ZH_CN, "zh-HK": ZH_HK };

/** The catalogue's language that fits the browser's own languages best. */
export function preferredLanguage(languages) {
  for (const tag of languages) {
    if (/^(zh-(HK|MO|TW|Hant)|yue)/i.test(tag)) return "zh-HK";
    if (/^zh/i.test(tag)) return "zh-CN";
    if (/^en/i.test(tag)) return "en";
  }
  return "en";
}
