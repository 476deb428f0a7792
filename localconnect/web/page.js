// What both pages share: their settings, their language, and small helps with the document.

import { preferredLanguage } from "./messages.js";

export const $ = (id) => document.getElementById(id);
export const NUMBER = /^\+[1-9][0-9]{1,14}$/;

export const settings = {
  get: (name, otherwise) => localStorage.getItem(`localconnect.${name}`) ?? otherwise,
  set: (name, value) => localStorage.setItem(`localconnect.${name}`, value),
};

/** The page's texts, in the language chosen. */
export let words = null;

/** Shows the page in the language that was chosen last, or the browser's, and `onChange` whatever else is shown in it. */
export function speakLanguages(catalogue, onChange) {
  const use = (language) => {
    words = catalogue[language];
    document.documentElement.lang = language;
    $("language").value = language;
    translate(document);
    onChange();
  };
  $("language").addEventListener("change", () => {
    settings.set("language", $("language").value);
    use($("language").value);
  });
  use(settings.get("language", preferredLanguage(navigator.languages)));
}

export function translate(root) {
  for (const it of root.querySelectorAll("[data-text]")) it.textContent = words[it.dataset.text];
  for (const it of root.querySelectorAll("[data-label]")) it.ariaLabel = words[it.dataset.label];
}

/** The number in a field, as E.164; undefined, and the field and `problem` say why, where it is none. */
export function readNumber(field, problem) {
  const number = field.value.replaceAll(/[\s()-]/g, "");
  const valid = NUMBER.test(number);
  field.setAttribute("aria-invalid", String(!valid));
  problem.textContent = valid ? "" : words.badNumber;
  if (valid) return number;
  field.focus();
}

export function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

/** Has a <select> offer these, after `nothing` if that is given. What is chosen stays; an open list that is right, too. */
export function offer(select, texts, nothing) {
  const options = [...(nothing ? [["", nothing]] : []), ...texts.map((text) => [text, text])];
  const isRight = options.length === select.length && options.every(([, text], place) => select[place].text === text);
  if (isRight) return;
  const chosen = select.value;
  select.replaceChildren(...options.map(([value, text]) => element("option", { value, textContent: text })));
  select.value = texts.includes(chosen) || !nothing ? chosen : "";
}

/** 75 s as 1:15, an hour of them as 1:15:00. */
export function asTime(seconds) {
  const parts = [Math.floor(seconds / 60) % 60, Math.floor(seconds) % 60].map((part) => String(part).padStart(2, "0"));
  const hours = Math.floor(seconds / 3600);
  return hours ? `${hours}:${parts.join(":")}` : parts.join(":").replace(/^0/, "");
}
