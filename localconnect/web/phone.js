// The phone: wires the keypad, the display, the voices and the line together.

import { conversation } from "./conversation.js";
import { isShown, show, showAgain, showDigits, showPatience, startClock, stopClock } from "./display.js";
import { openLine } from "./line.js";
import { $, element, readNumber, settings, speakLanguages, words } from "./page.js";
import { CATALOGUE } from "./phone-messages.js";
import { prompts } from "./prompts.js";
import { playTone, ring } from "./tones.js";
import { trace } from "./trace.js";
import { transcript } from "./transcript.js";

const KEYPAD = [
  ["1", ""], ["2", "ABC"], ["3", "DEF"],
  ["4", "GHI"], ["5", "JKL"], ["6", "MNO"],
  ["7", "PQRS"], ["8", "TUV"], ["9", "WXYZ"],
  ["*", ""], ["0", "+"], ["#", ""],
];
const RETRY_MS = 2000;

let line = null; // the socket, once there is one
let phase = "idle"; // or "waiting" to be called, "ringing", "up"
let settled = ["connected"]; // what is shown when nothing is being said
let entry = ""; // keys the flow has taken in the present entry
let entryOver = true; // the flow has gone on since
let ahead = 0; // keys pressed that it has not taken yet
let stopRinging = () => {};

const record = transcript($("transcript"));
const steps = trace({ actions: $("actions"), count: $("action-count"), attributes: $("attributes") });
const prompter = prompts(record, (message) => line?.send(message), () => show(...settled));
const voices = conversation((frame) => line.sendSound(frame));

function enter(next) {
  phase = next;
  const up = phase === "up";
  const ringing = phase === "ringing";
  const shown = { call: !up && !ringing, "hang-up": up, answer: ringing, decline: ringing };
  const hadFocus = document.activeElement?.closest(".call-row");
  for (const [id, isShown] of Object.entries(shown)) $(id).hidden = !isShown;
  $("number").readOnly = up || ringing;
  for (const key of $("keypad").children) key.disabled = !up;
  if (hadFocus) document.querySelector(".call-row button:not([hidden])").focus();
  stopRinging();
  stopRinging = ringing ? ring() : () => {};
  voices.up(up);
}

function settle(...state) {
  settled = state;
  if (!isShown("speaking")) show(...settled);
}

// The call

function number() {
  const number = readNumber($("number"), $("number-error"));
  if (number) settings.set("number", number);
  return number;
}

function open(first, onOpen) {
  const onMessage = (message) => HANDLERS[message.type]?.(message);
  const pace = Number($("speed").value);
  line = openLine("/phone/call", { ...first, pace }, { onOpen, onMessage, onSound: voices.hear, onLost: lost });
}

function call() {
  const from = number();
  if (!from) return;
  line?.close();
  begin();
  open({ type: "dial", from });
  enter("up");
  show("dialling");
  startClock();
}

function begin() {
  record.clear();
  steps.clear();
  $("empty").hidden = true;
  $("voice-note").textContent = $("timer").textContent = "";
  entry = "";
  ahead = 0;
  settled = ["connected"];
  showDigits(entry, ahead);
}

function answer() {
  line.send({ type: "answer" });
  enter("up");
  show("connected");
  startClock();
}

function hangUp() {
  prompter.stop();
  if (phase !== "up" && phase !== "ringing") return;
  if (line.isOpen()) return line.send({ type: "hangup" });
  line.close();
  over();
}

function press(key) {
  if (phase !== "up") return;
  playTone(key);
  line.send({ type: "key", key });
  ahead += 1;
  showDigits(entry, ahead);
  const button = $("keypad").querySelector(`[data-key="${CSS.escape(key)}"]`);
  button.classList.add("pressed");
  setTimeout(() => button.classList.remove("pressed"), 140);
}

function over() {
  prompter.stop();
  stopClock();
  showPatience(0);
  line = null;
  ahead = 0;
  showDigits(entry, ahead);
  show("ended");
  enter("idle");
  waitToBeCalled();
}

function lost() {
  if (phase !== "waiting") {
    record.note(words.lost, "note error");
    return over();
  }
  line = null;
  enter("idle");
  show("unreachable");
  setTimeout(waitToBeCalled, RETRY_MS);
}

// Being called

function waitToBeCalled() {
  if (phase !== "idle" || !$("callable").checked) return;
  const own = number();
  if (!own) return void ($("callable").checked = false);
  open({ type: "wait", number: own }, () => {
    if (isShown("idle", "unreachable")) show("waiting");
  });
  enter("waiting");
}

function waitNoMore() {
  if (phase !== "waiting") return;
  line.close();
  line = null;
  enter("idle");
  if (isShown("waiting")) show("idle");
}

/** What to do with each message of the line. */
const HANDLERS = {
  ring({ from }) {
    const who = from === "anonymous" ? words.anonymous : from;
    begin();
    enter("ringing");
    show("ringing", who);
    record.note(words.ringing(who));
  },
  say(message) {
    entry = "";
    entryOver = true;
    showDigits(entry, ahead);
    showPatience(0);
    if (settled[0] !== "held") show("speaking");
    prompter.say(message);
  },
  hush() {
    prompter.hush();
    show(...settled);
  },
  listen({ seconds }) {
    prompter.pass();
    showPatience(seconds);
    show("listening");
  },
  key({ key }) {
    entry = entryOver ? key : entry + key;
    entryOver = false;
    ahead = Math.max(0, ahead - 1);
    showDigits(entry, ahead);
    record.key(key);
  },
  dropped({ keys }) {
    ahead = Math.max(0, ahead - keys);
    showDigits(entry, ahead);
  },
  queued({ queue }) {
    showPatience(0);
    settle("queued", queue);
    record.note(words.waitingForAgent(queue));
  },
  joined({ agent }) {
    prompter.pass();
    record.note(settled[0] === "held" ? words.backWith(agent) : words.nowWith(agent));
    show("joined", agent);
    settle("joined", agent);
  },
  held() {
    record.note(words.nowHeld);
    settle("held");
  },
  action(message) {
    entryOver = true;
    record.endEntry();
    showPatience(0);
    if (settled[0] === "joined") settled = ["connected"]; // the agent has left, and a flow goes on
    settle(...settled);
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

// The page

function buildKeypad() {
  for (const [key, letters] of KEYPAD) {
    const digit = element("span", { className: "digit", textContent: key });
    const small = element("span", { className: "letters", textContent: letters, ariaHidden: "true" });
    const button = element("button", { type: "button" }, digit, small);
    button.dataset.key = key;
    button.addEventListener("click", () => press(key));
    $("keypad").append(button);
  }
}

function onKeyDown(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
  const inField = event.target.matches("select, input:read-write");
  if (event.key === "Escape") hangUp();
  else if (event.key === "Enter" && !event.target.matches("a, button, select, summary")) callOrAnswer();
  else if (/^[0-9*#]$/.test(event.key) && !inField) press(event.key);
}

function callOrAnswer() {
  if (phase === "ringing") answer();
  else if (phase !== "up") call();
}

function start() {
  buildKeypad();
  $("number").value = settings.get("number", "+8613800138000");
  $("callable").checked = settings.get("callable", "off") === "on";
  speakLanguages(CATALOGUE, showAgain);
  enter("idle");
  waitToBeCalled();

  for (const [id, act] of Object.entries({ call, answer, decline: hangUp, "hang-up": hangUp })) {
    $(id).addEventListener("click", act);
  }
  document.addEventListener("keydown", onKeyDown);
  $("callable").addEventListener("change", () => {
    settings.set("callable", $("callable").checked ? "on" : "off");
    if ($("callable").checked) waitToBeCalled();
    else waitNoMore();
  });
  $("number").addEventListener("change", () => {
    waitNoMore();
    waitToBeCalled();
  });
}

async function showAlias() {
  const answer = await fetch("/phone/line");
  const { alias } = await answer.json();
  $("alias").textContent = alias;
  document.title = `localconnect phone · ${alias}`;
}

start();
showAlias();
