// The phone's display: what state the call is in, the keys pressed, how long the line will wait.

import { $, asTime, element, words } from "./page.js";

let state = { name: "idle" };
let clock = null;

/** `name` is a text of the catalogue; `detail` what is put into it. */
export function show(name, detail) {
  state = { name, detail };
  document.body.dataset.state = name;
  const text = words[name];
  $("state").textContent = typeof text === "function" ? text(detail) : text;
}

/** The same state, in the language the page has now. */
export function showAgain() {
  show(state.name, state.detail);
}

export function isShown(...names) {
  return names.includes(state.name);
}

/** `entry` holds the keys that the flow has taken, `ahead` is the number of those that it has not. */
export function showDigits(entry, ahead) {
  $("digits").replaceChildren(entry, element("span", { textContent: "•".repeat(ahead) }));
}

export function showPatience(seconds) {
  $("patience").getAnimations().forEach((animation) => animation.cancel());
  if (!seconds || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  $("patience").animate([{ transform: "scaleX(1)" }, { transform: "scaleX(0)" }], { duration: seconds * 1000 });
}

export function startClock() {
  const start = Date.now();
  const tick = () => ($("timer").textContent = asTime((Date.now() - start) / 1000));
  stopClock();
  tick();
  clock = setInterval(tick, 500);
}

export function stopClock() {
  clearInterval(clock);
}
