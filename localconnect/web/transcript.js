// The transcript as chat bubbles. All text goes in as text, never as markup.

import { element } from "./page.js";

/** @param {HTMLElement} list the element that holds the bubbles */
export function transcript(list) {
  let prompt = null; // the bubble being spoken
  let entry = null; // the bubble of keys still growing
  let following = true; // until the reader scrolls back

  const scrollToEnd = () => {
    if (following) list.scrollTop = list.scrollHeight;
  };
  list.addEventListener("scroll", () => {
    following = list.scrollHeight - list.scrollTop - list.clientHeight < 40;
  });
  new ResizeObserver(scrollToEnd).observe(list);

  function add(kind, text, language) {
    const bubble = element("li", { className: kind, textContent: text });
    if (language) bubble.lang = language;
    list.append(bubble);
    scrollToEnd();
    return bubble;
  }

  function endPrompt() {
    prompt?.classList.remove("speaking");
    prompt = null;
  }

  return {
    clear() {
      list.replaceChildren();
      following = true;
      prompt = entry = null;
    },
    /** What is said over and over, as on hold, stays one bubble, which counts. */
    say(text, language) {
      endPrompt();
      entry = null;
      const last = list.lastElementChild;
      if (!last?.matches(".line:not(.cut-short)") || last.textContent !== text) {
        prompt = add("line speaking", text, language);
        return;
      }
      prompt = last;
      prompt.classList.add("speaking");
      prompt.dataset.times = Number(prompt.dataset.times ?? 1) + 1;
    },
    hush() {
      prompt?.classList.add("cut-short");
      endPrompt();
    },
    endPrompt,
    /** Keys of one entry share a bubble, until the flow's next step. */
    key(key) {
      entry ??= add("caller", "");
      entry.textContent += key;
      scrollToEnd();
    },
    endEntry() {
      entry = null;
    },
    note(text, kind = "note") {
      endPrompt();
      entry = null;
      add(kind, text);
    },
  };
}
