// The two tones of each key (ITU-T Q.23), and a soft ring.

import { audio } from "./audio.js";

const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477];
const KEYS = "123456789*0#";
const RING = [440, 554];

export function playTone(key) {
  const place = KEYS.indexOf(key);
  chord([ROWS[Math.floor(place / 3)], COLUMNS[place % 3]], 0.06, 0.14);
}

/** Rings until the function that it returns is called. */
export function ring() {
  let last = null;
  const sound = () => {
    if (audio().state === "running") last = chord(RING, 0.03, 0.9);
  };
  sound();
  const rings = setInterval(sound, 2500);
  return () => {
    clearInterval(rings);
    last?.disconnect();
  };
}

function chord(frequencies, loudness, seconds) {
  const start = audio().currentTime;
  const volume = audio().createGain();
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(loudness, start + 0.01);
  volume.gain.setValueAtTime(loudness, start + seconds - 0.03);
  volume.gain.linearRampToValueAtTime(0, start + seconds);
  volume.connect(audio().destination);
  for (const frequency of frequencies) {
    const tone = new OscillatorNode(audio(), { frequency });
    tone.connect(volume);
    tone.start(start);
    tone.stop(start + seconds);
  }
  return volume;
}
