// The phone: wires the keypad, the display, the voices and the line together.

import { dial } from "./line.js";
import { CATALOGUE, preferredLanguage } from "./messages.js";
import { silence, speak, warmUp } from "./speech.js";
import { playTone } from "./tones.js";
import { trace } from "./trace.js";
import { transcript } from "./transcript.js";

const KEYPAD = [
  ["1", ""], ["2", "ABC"], ["3", "DEF"],
  ["4", "GHI"], ["5", "JKL"], ["6", "MNO"],
  ["7", "PQRS"], ["8", "TUV"], ["9", "WXYZ"],
  ["*", ""], ["0", "+"], ["#", ""],
];
const NUMBER = /^\+[1-9][0-9]{1,14}$/;
const READING_MS = 250; // with speech off, a prompt is over at a glance

const $ = (id) => document.getElementById(id);
const record = transcript($("transcript"));
const steps = trace({ actions: $("actions"), count: $("action-count"), attributes: $("attributes") });

const settings = {
  get: (name, otherwise) => localStorage.getItem(`localconnect.${name}`) ?? otherwise,
  set: (name, value) => localStorage.setItem(`localconnect.${name}`, value),
};

const voiceless = new Set(); // languages already reported to have no voice
let words = CATALOGUE.en;
let line = null; // the call under way
let state = { name: "idle" };
let prompt = null; // the prompt being spoken
let entry = ""; // keys the flow has taken in the present entry
let entryOver = true; // the flow has gone on since
let ahead = 0; // keys pressed that it has not taken yet
let clock = null;

// The display

function show(name, detail) {
  state = { name, detail };
  document.body.dataset.state = name;
  const text = words[name];
  $("state").textContent = typeof text === "function" ? text(detail) : text;
}

function showDigits() {
  const typedAhead = document.createElement("span");
  typedAhead.textContent = "•".repeat(ahead);
  $("digits").replaceChildren(entry, typedAhead);
}

function showPatience(seconds) {
  $("patience").getAnimations().forEach((animation) => animation.cancel());
  if (!seconds || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  $("patience").animate([{ transform: "scaleX(1)" }, { transform: "scaleX(0)" }], { duration: seconds * 1000 });
}

function startClock() {
  const start = Date.now();
  const tick = () => {
    const seconds = Math.floor((Date.now() - start) / 1000);
    $("timer").textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  };
  tick();
  clock = setInterval(tick, 500);
}

function showButtons() {
  const calling = line !== null;
  const hadFocus = [$("call"), $("hang-up")].includes(document.activeElement);
  $("call").hidden = calling;
  $("hang-up").hidden = !calling;
  $("number").readOnly = calling;
  for (const key of $("keypad").children) key.disabled = !calling;
  if (hadFocus) $(calling ? "hang-up" : "call").focus();
}

// The call

function call() {
  const from = $("number").value.replaceAll(/[\s()-]/g, "");
  const valid = NUMBER.test(from);
  $("number").setAttribute("aria-invalid", String(!valid));
  $("number-error").textContent = valid ? "" : words.badNumber;
  if (!valid) return $("number").focus();
  settings.set("number", from);

  record.clear();
  steps.clear();
  $("empty").hidden = true;
  $("voice-note").textContent = "";
  entry = "";
  ahead = 0;
  line = dial({ from, pace: Number($("speed").value) }, (message) => HANDLERS[message.type]?.(message), lost);
  showButtons();
  showDigits();
  show("dialling");
  startClock();
}

function hangUp() {
  silence();
  line?.hangUp();
}

function press(key) {
  if (!line) return;
  playTone(key);
  line.press(key);
  ahead += 1;
  showDigits();
  const button = $("keypad").querySelector(`[data-key="${CSS.escape(key)}"]`);
  button.classList.add("pressed");
  setTimeout(() => button.classList.remove("pressed"), 140);
}

function over() {
  silence();
  clearInterval(clock);
  showPatience(0);
  line = prompt = null;
  ahead = 0;
  showDigits();
  show("ended");
  showButtons();
}

function lost() {
  record.note(words.lost, "note error");
  over();
}

function promptOver(id) {
  if (prompt?.id !== id) return;
  prompt = null;
  record.endPrompt();
  show("connected");
  line.spoken(id);
}

/** What to do with each message of the line. */
const HANDLERS = {
  say(message) {
    const { id, text, language } = message;
    prompt = message;
    entry = "";
    entryOver = true;
    showDigits();
    showPatience(0);
    show("speaking");
    record.say(text, language);
    if (!$("speech").checked) setTimeout(() => promptOver(id), READING_MS);
    else if (speak(text, language, Number($("speed").value), () => promptOver(id))) line.speaking(id);
    else reportMissingVoice(language);
  },
  hush() {
    prompt = null;
    silence();
    record.hush();
    show("connected");
  },
  listen({ seconds }) {
    prompt = null;
    record.endPrompt();
    showPatience(seconds);
    show("listening");
  },
  key({ key }) {
    entry = entryOver ? key : entry + key;
    entryOver = false;
    ahead = Math.max(0, ahead - 1);
    showDigits();
    record.key(key);
  },
  dropped({ keys }) {
    ahead = Math.max(0, ahead - keys);
    showDigits();
  },
  queued({ queue }) {
    showPatience(0);
    show("queued", queue);
    record.note(words.waitingForAgent(queue));
  },
  action(message) {
    entryOver = true;
    record.endEntry();
    showPatience(0);
    if (state.name !== "speaking") show("connected");
    steps.action(message);
  },
  attributes({ attributes }) {
    steps.attributes(attributes);
  },
  ended({ reason, detail }) {
    record.note([words.reasons[reason] ?? reason, detail].filter(Boolean).join(" "));
    over();
  },
  error({ detail }) {
    record.note(detail, "note error");
  },
};

function reportMissingVoice(language) {
  if (voiceless.has(language)) return;
  voiceless.add(language);
  const name = new Intl.DisplayNames([document.documentElement.lang], { type: "language" }).of(language);
  $("voice-note").textContent = words.noVoice(name);
}

// The page

function useLanguage(language) {
  words = CATALOGUE[language];
  document.documentElement.lang = language;
  $("language").value = language;
  for (const element of document.querySelectorAll("[data-text]")) element.textContent = words[element.dataset.text];
  for (const element of document.querySelectorAll("[data-label]")) element.ariaLabel = words[element.dataset.label];
  show(state.name, state.detail);
}

function buildKeypad() {
  for (const [key, letters] of KEYPAD) {
    const button = Object.assign(document.createElement("button"), { type: "button", disabled: true });
    button.dataset.key = key;
    const digit = Object.assign(document.createElement("span"), { className: "digit", textContent: key });
    const small = Object.assign(document.createElement("span"), { className: "letters", textContent: letters });
    small.ariaHidden = "true";
    button.append(digit, small);
    button.addEventListener("click", () => press(key));
    $("keypad").append(button);
  }
}

function onKeyDown(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const inField = event.target.matches("select, input:read-write");
  if (event.key === "Escape") hangUp();
  else if (event.key === "Enter" && !line && !event.target.matches("button, select, summary")) call();
  else if (/^[0-9*#]$/.test(event.key) && !inField) press(event.key);
}

function start() {
  buildKeypad();
  $("number").value = settings.get("number", "+8613800138000");
  $("speech").checked = settings.get("speech", "on") === "on";
  $("speed").value = settings.get("speed", "1");
  useLanguage(settings.get("language", preferredLanguage(navigator.languages)));
  showButtons();
  warmUp();

  $("call").addEventListener("click", call);
  $("hang-up").addEventListener("click", hangUp);
  document.addEventListener("keydown", onKeyDown);
  $("speed").addEventListener("change", () => settings.set("speed", $("speed").value));
  $("language").addEventListener("change", () => {
    settings.set("language", $("language").value);
    useLanguage($("language").value);
  });
  $("speech").addEventListener("change", () => {
    settings.set("speech", $("speech").checked ? "on" : "off");
    if ($("speech").checked || !prompt) return;
    silence();
    promptOver(prompt.id);
  });
  addEventListener("pagehide", silence);
}

async function showAlias() {
  const answer = await fetch("/phone/line");
  const { alias } = await answer.json();
  $("alias").textContent = alias;
  document.title = `localconnect phone · ${alias}`;
}

start();
showAlias();
