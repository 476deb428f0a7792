// The two voices of a call: the microphone, if its switch is on, and what the other side says, each with a meter.

import { $, settings, words } from "./page.js";
import { loudness, loudspeaker, microphone } from "./sound.js";

const FALLS_BY_HALF_MS = 400;
const shown = new WeakMap(); // what each meter shows, and since when

/** @param {(frame: ArrayBuffer) => void} send takes what is spoken while a call is up */
export function conversation(send) {
  let isUp = false;
  const speaker = loudspeaker((level) => show($("heard"), level));
  const mouth = microphone((frame) => {
    send(frame);
    show($("spoken"), loudness(frame));
  });

  async function settle() {
    $("microphone-note").textContent = "";
    const speaks = isUp && $("microphone").checked;
    $("spoken").hidden = !speaks;
    if (!speaks) return mouth.stop();
    try {
      await mouth.start();
    } catch {
      $("microphone").checked = false;
      $("spoken").hidden = true;
      $("microphone-note").textContent = words.microphoneRefused;
    }
  }

  $("microphone").checked = settings.get("microphone", "off") === "on";
  $("microphone").addEventListener("change", () => {
    settings.set("microphone", $("microphone").checked ? "on" : "off");
    settle();
  });

  return {
    hear: (frame) => speaker.play(frame),
    /** Whether a call is up. */
    up(now) {
      if (now === isUp) return;
      isUp = now;
      settle();
    },
  };
}

/**
 * Rises at once and falls slowly, as level meters do: a short sound can be seen. Ears, unlike numbers, tell soft voices
 * from silence: the meter's scale is a root.
 */
function show(meter, level) {
  const now = performance.now();
  const before = shown.get(meter) ?? { level: 0, at: now };
  const left = before.level * 0.5 ** ((now - before.at) / FALLS_BY_HALF_MS);
  const seen = Math.max(level, left < 0.01 ? 0 : left);
  shown.set(meter, { level: seen, at: now });
  meter.ariaValueNow = seen.toFixed(2);
  meter.firstElementChild.style.scale = `${Math.sqrt(seen).toFixed(3)} 1`;
}
