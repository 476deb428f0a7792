// The agent's panel: wires the agent, the contacts in hand, the voices and the line together.

import { cards, nameOf, rings } from "./cards.js";
import { conversation } from "./conversation.js";
import { CATALOGUE } from "./agent-messages.js";
import { openLine } from "./line.js";
import { $, asTime, offer, readNumber, settings, speakLanguages, words } from "./page.js";
import { prompts } from "./prompts.js";
import { ring } from "./tones.js";
import { transcript } from "./transcript.js";

const RETRY_MS = 2000;
const NOBODY = { status: "", statuses: [], quickConnects: [], contacts: [] };
const IN_CONVERSATION = ["CONNECTED", "CONNECTED_ONHOLD"];

let line = null;
let agents = [];
let agent = NOBODY; // as the line has told of them last
let asked = { type: "login" }; // what was asked for last: an error is about it
let stopRinging = null;

const record = transcript($("transcript"));
const prompter = prompts(record, (message) => line?.send(message));
const voices = conversation((frame) => line.sendSound(frame));
const hands = cards($("contacts"), ask);

/** Where it is said that what was asked for cannot be done. */
const PROBLEMS = { login: "agent-error", status: "status-error", call: "dial-error" };

// The line

function logIn(username) {
  line?.close();
  line = null;
  forget();
  if (!username) return;
  asked = { type: "login" };
  const first = { type: "login", agent: username, pace: Number($("speed").value) };
  line = openLine("/agent/panel", first, {
    onMessage: (message) => HANDLERS[message.type]?.(message),
    onSound: voices.hear,
    onLost: () => lost(username),
  });
}

function forget() {
  prompter.stop();
  forgetProblems();
  show(NOBODY);
}

function forgetProblems() {
  for (const id of [...Object.values(PROBLEMS), "line-error"]) $(id).textContent = "";
}

function lost(username) {
  line = null;
  forget();
  $("line-error").textContent = words.unreachable;
  setTimeout(() => {
    if (!line && $("agent").value === username) logIn(username);
  }, RETRY_MS);
}

function ask(message) {
  asked = message;
  forgetProblems();
  line?.send(message);
}

/** What to do with each message of the line. */
const HANDLERS = {
  agent(told) {
    settings.set("agent", told.username);
    show(told);
  },
  say(message) {
    $("said").hidden = false;
    prompter.say(message);
  },
  hush: prompter.hush,
  error({ detail }) {
    showStatuses(); // it has not changed
    if (asked.contact && hands.report(asked.contact, detail)) return;
    $(PROBLEMS[asked.type] ?? "line-error").textContent = detail;
  },
};

// What is shown

function show(told) {
  agent = told;
  const { username, name, status, nextStatus, contacts } = agent;
  document.body.dataset.status = status;
  $("state").textContent = username ? status : words.signedOut;
  $("name").textContent = name ?? "";
  $("next").textContent = nextStatus ? words.nextStatus(nextStatus) : "";
  $("empty").hidden = contacts.length > 0;
  $("agent").disabled = contacts.some(({ state }) => IN_CONVERSATION.includes(state));
  $("call-out").disabled = !username;
  showStatuses();
  hands.show(contacts, agent.quickConnects);
  voices.up(contacts.some(({ channel, state }) => channel === "VOICE" && state === "CONNECTED"));
  showRinging(contacts.filter(rings));
  tick();
}

function showStatuses() {
  offer($("status"), agent.statuses);
  $("status").value = agent.nextStatus ?? agent.status;
  $("status").disabled = !agent.statuses.length;
}

function showRinging(ringing) {
  const announcement = ringing.map((contact) => words.rings(nameOf(contact))).join(" ");
  if ($("ringing").textContent !== announcement) $("ringing").textContent = announcement; // or it is read out again
  if (!ringing.length) {
    stopRinging?.();
    stopRinging = null;
  } else stopRinging ??= ring();
}

function tick() {
  $("timer").textContent = agent.since ? asTime(Math.max(0, (Date.now() - Date.parse(agent.since)) / 1000)) : "";
  hands.tick();
}

function showAgents() {
  offer($("agent"), agents, words.chooseAgent);
}

// The page

function callOut(event) {
  event.preventDefault();
  const number = readNumber($("number"), $("dial-error"));
  if (number) ask({ type: "call", number });
}

async function start() {
  speakLanguages(CATALOGUE, () => {
    showAgents();
    show(agent);
  });
  $("agent").addEventListener("change", () => logIn($("agent").value));
  $("status").addEventListener("change", () => ask({ type: "status", name: $("status").value }));
  $("dial").addEventListener("submit", callOut);
  setInterval(tick, 500);

  const answer = await fetch("/phone/line");
  const about = await answer.json();
  agents = about.agents;
  $("alias").textContent = about.alias;
  document.title = `localconnect agent · ${about.alias}`;
  showAgents();
  if (!agents.length) $("agent-error").textContent = words.noAgents;
  const remembered = agents.find((username) => username === settings.get("agent"));
  const wanted = new URLSearchParams(location.search).get("agent") ?? remembered;
  $("agent").value = agents.includes(wanted) ? wanted : "";
  logIn(wanted);
}

start();
