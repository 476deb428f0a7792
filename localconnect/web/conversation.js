// The two voices of a call: the microphone, if its switch is on, and what the other side says, each with a meter.

import { $, settings, words } from "./page.js";
import { loudness, loudspeaker, microphone } from "./sound.js";

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

/** Ears, unlike numbers, tell soft voices from silence: the meter's scale is a root. */
function show(meter, level) {
  meter.ariaValueNow = level.toFixed(2);
  meter.firstElementChild.style.scale = `${Math.sqrt(level).toFixed(3)} 1`;
}
