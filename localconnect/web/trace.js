// What the flow does behind the call: each action it starts, and the contact's attributes.

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
      const row = document.createElement("li");
      row.append(cell("type", actionType), cell("identifier", identifier), cell("flow", flow));
      actions.prepend(row); // the newest on top
      count.textContent = String(actions.childElementCount);
    },
    attributes(set) {
      values = { ...values, ...set };
      attributes.replaceChildren(
        ...Object.entries(values).flatMap(([name, value]) => [element("dt", name), element("dd", value)]),
      );
    },
  };
}

function cell(name, text) {
  const span = element("span", text);
  span.className = name;
  return span;
}

function element(tag, text) {
  return Object.assign(document.createElement(tag), { textContent: text });
}
