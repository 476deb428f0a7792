// Speaks what the line says, a prompt at a time, writes it down, and tells the line when it is over.

import { $, settings, words } from "./page.js";
import { silence, speak, warmUp } from "./speech.js";

const READING_MS = 250; // with speech off, a prompt is over at a glance

/** @param record a transcript; @param send takes messages for the line; `onOver` is called after each prompt */
export function prompts(record, send, onOver = () => {}) {
  const voiceless = new Set(); // languages already reported to have no voice
  let prompt = null; // the one being spoken

  function end(id) {
    if (prompt?.id !== id) return;
    prompt = null;
    record.endPrompt();
    onOver();
    send({ type: "spoken", id });
  }

  function reportMissingVoice(language) {
    if (voiceless.has(language)) return;
    voiceless.add(language);
    const name = new Intl.DisplayNames([document.documentElement.lang], { type: "language" }).of(language);
    $("voice-note").textContent = words.noVoice(name);
  }

  function stop() {
    prompt = null;
    silence();
  }

  $("speech").checked = settings.get("speech", "on") === "on";
  $("speed").value = settings.get("speed", "1");
  $("speed").addEventListener("change", () => settings.set("speed", $("speed").value));
  $("speech").addEventListener("change", () => {
    settings.set("speech", $("speech").checked ? "on" : "off");
    if ($("speech").checked || !prompt) return;
    silence();
    end(prompt.id);
  });
  addEventListener("pagehide", silence);
  warmUp();

  return {
    say(message) {
      const { id, text, language } = message;
      prompt = message;
      record.say(text, language);
      if (!$("speech").checked) setTimeout(() => end(id), READING_MS);
      else if (speak(text, language, Number($("speed").value), () => end(id))) send({ type: "speaking", id });
      else reportMissingVoice(language);
    },
    hush() {
      stop();
      record.hush();
    },
    /** The flow has gone on: a prompt that the page did not speak is over. */
    pass() {
      prompt = null;
      record.endPrompt();
    },
    stop,
  };
}
