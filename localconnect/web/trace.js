// What the flow does behind the call: each action it starts, and the contact's attributes.

import { element } from "./page.js";

/** @param {{actions: HTMLElement, count: HTMLElement, attributes: HTMLElement}} parts */
export function trace({ actions, count, attributes }) {
  let values = {};

  return {
    clear() {
      values = {};
      actions.replaceChildren();
      attributes.replaceChildren();
      count.textContent = "";
    },
    action({ flow, identifier, actionType }) {
      const row = element("li", {}, cell("type", actionType), cell("identifier", identifier), cell("flow", flow));
      actions.prepend(row); // the newest on top
      count.textContent = String(actions.childElementCount);
    },
    attributes(set) {
      values = { ...values, ...set };
      attributes.replaceChildren(...terms(values));
    },
  };
}

/** Names and values, for a <dl>. */
export function terms(values) {
  return Object.entries(values).flatMap(([name, value]) => [
    element("dt", { textContent: name }),
    element("dd", { textContent: value }),
  ]);
}

function cell(name, text) {
  return element("span", { className: name, textContent: text });
}
