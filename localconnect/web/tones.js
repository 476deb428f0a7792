// The two tones of each key (ITU-T Q.23).

const ROWS = [697, 770, 852, 941];
const COLUMNS = [1209, 1336, 1477];
const KEYS = "123456789*0#";
const SECONDS = 0.14;

let audio = null;

export function playTone(key) {
  audio ??= new AudioContext();
  audio.resume();
  const place = KEYS.indexOf(key);
  const start = audio.currentTime;
  const volume = audio.createGain();
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(0.06, start + 0.01);
  volume.gain.setValueAtTime(0.06, start + SECONDS - 0.03);
  volume.gain.linearRampToValueAtTime(0, start + SECONDS);
  volume.connect(audio.destination);
  for (const frequency of [ROWS[Math.floor(place / 3)], COLUMNS[place % 3]]) {
    const tone = new OscillatorNode(audio, { frequency });
    tone.connect(volume);
    tone.start(start);
    tone.stop(start + SECONDS);
  }
}
