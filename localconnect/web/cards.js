// The contacts in an agent's hands, a card each.

import { $, asTime, offer, translate, words } from "./page.js";
import { terms } from "./trace.js";

const THEIR_CALLS = ["OUTBOUND", "CALLBACK"]; // CONNECTING is then the customer's telephone, not the agent's
const UNDER_WAY = ["CONNECTING", "CONNECTED", "CONNECTED_ONHOLD", "PAUSED"];

export function rings({ state, initiationMethod }) {
  return state === "INCOMING" || (state === "CONNECTING" && !THEIR_CALLS.includes(initiationMethod));
}

/** Which acts a contact allows. */
const POSSIBLE = {
  accept: rings,
  reject: rings,
  hold: ({ state }) => state === "CONNECTED",
  resume: ({ state }) => ["CONNECTED_ONHOLD", "PAUSED"].includes(state),
  transfer: ({ state }) => ["CONNECTED", "CONNECTED_ONHOLD"].includes(state),
  hangup: (contact) => UNDER_WAY.includes(contact.state) && !rings(contact),
  clear: ({ state }) => ["ENDED", "MISSED", "REJECTED", "ERROR"].includes(state),
};

export function nameOf({ name, customer, channel }) {
  return name || customer || words.channels[channel] || channel;
}

/** Cards in `list`; `act(message)` is called with what the agent wants done with a contact. */
export function cards(list, act) {
  const shown = new Map(); // by contact id

  return {
    show(contacts, quickConnects) {
      const ids = new Set(contacts.map(({ contactId }) => contactId));
      const focused = document.activeElement?.closest(".card");
      for (const [id, card] of shown) {
        if (ids.has(id)) continue;
        card.item.remove();
        shown.delete(id);
        if (focused === card.item) $("contacts-title").focus();
      }
      for (const contact of contacts) {
        const id = contact.contactId;
        if (!shown.has(id)) shown.set(id, newCard(list, (message) => act({ ...message, contact: id })));
        shown.get(id).show(contact, quickConnects);
      }
    },
    tick() {
      for (const card of shown.values()) card.tick();
    },
    /** Says in the contact's card what went wrong; false where it has none any more. */
    report(contactId, problem) {
      return shown.get(contactId)?.report(problem) ?? false;
    },
  };
}

function newCard(list, act) {
  const item = $("card").content.firstElementChild.cloneNode(true);
  const part = (name) => item.querySelector(`[data-part="${name}"]`);
  const buttons = [...item.querySelectorAll("[data-act]")];
  let since = 0;

  for (const button of buttons) {
    button.addEventListener("click", () => {
      part("problem").textContent = "";
      const type = button.dataset.act;
      act(type === "transfer" ? { type, quickConnect: part("quick").value } : { type });
    });
  }
  part("quick").addEventListener("change", settleTransfer);
  translate(item);
  list.append(item);

  function settleTransfer() {
    item.querySelector('[data-act="transfer"]').disabled = !part("quick").value;
  }

  function showButtons(contact) {
    const lost = item.contains(document.activeElement) && document.activeElement;
    for (const button of buttons) button.hidden = !POSSIBLE[button.dataset.act](contact);
    part("transfer").hidden = item.querySelector('[data-act="transfer"]').hidden || part("quick").options.length < 2;
    if (lost && !lost.checkVisibility()) buttons.find((button) => !button.hidden)?.focus();
  }

  function showQuickConnects(quickConnects, channel) {
    const names = quickConnects
      .filter(({ kind }) => channel === "VOICE" || kind !== "PHONE_NUMBER")
      .map(({ name }) => name);
    offer(part("quick"), names, words.transferTo);
    settleTransfer();
  }

  function tick() {
    part("timer").textContent = asTime(Math.max(0, (Date.now() - since) / 1000));
  }

  return {
    item,
    tick,
    show(contact, quickConnects) {
      const { channel, queue, initiationMethod, attributes, state } = contact;
      const who = nameOf(contact);
      const voice = channel === "VOICE";
      since = Date.parse(contact.since);
      item.dataset.state = rings(contact) ? "ringing" : state;
      part("state").textContent = stateOf(contact);
      part("who").textContent = who;
      part("about").textContent = [
        words.channels[channel] ?? channel,
        words.methods[initiationMethod] ?? initiationMethod,
        queue,
        contact.customer === who ? null : contact.customer,
      ].filter(Boolean).join(" · ");
      part("attributes").replaceChildren(...terms(attributes));
      item.querySelector('[data-act="hold"]').textContent = channel === "TASK" ? words.pause : words.hold;
      item.querySelector('[data-act="hangup"]').textContent = voice ? words.hangUp : words.end;
      translate(item);
      showQuickConnects(quickConnects, channel);
      showButtons(contact);
      tick();
    },
    report(problem) {
      part("problem").textContent = problem;
      return true;
    },
  };
}

function stateOf(contact) {
  if (rings(contact)) return words.states.ringing;
  return contact.state === "CONNECTING" ? words.states.dialling : words.states[contact.state];
}
