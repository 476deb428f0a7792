// On the audio thread, between the browser's sample rate and the line's: 8,000 samples a second, 16 bit, little-endian
// (as every machine that runs a browser is). What cuts off the frequencies that the line cannot carry is in sound.js.

const RATE = 8000;
const FRAME = 240; // samples sent at once: 30 ms
const CUSHION = 640; // samples gathered before they are played, for they come unevenly: 80 ms
const MOST = 4000; // a conversation with half a second's delay is worse than one with a gap
const REPORT = 32; // blocks between reports of how loud it is: about 90 ms

/** Gives what it hears as frames, each an ArrayBuffer. */
class Microphone extends AudioWorkletProcessor {
  #frame = new Int16Array(FRAME);
  #filled = 0;
  #last = 0; // the sample before this block
  #place = 0; // where in this block the next sample is read

  process([[block]]) {
    if (!block) return true;
    const sampleAt = (index) => (index < 0 ? this.#last : block[index]);
    for (; this.#place < block.length - 1; this.#place += sampleRate / RATE) {
      this.#put(between(sampleAt, this.#place));
    }
    this.#place -= block.length;
    this.#last = block.at(-1);
    return true;
  }

  #put(sample) {
    this.#frame[this.#filled++] = Math.max(-1, Math.min(1, sample)) * 32767;
    if (this.#filled < FRAME) return;
    this.port.postMessage(this.#frame.buffer, [this.#frame.buffer]);
    this.#frame = new Int16Array(FRAME);
    this.#filled = 0;
  }
}

/** Plays the frames it is given without gaps, and reports how loud they are, from 0 to 1. */
class Loudspeaker extends AudioWorkletProcessor {
  #samples = new Float32Array(2 * MOST); // a ring
  #written = 0;
  #place = 0; // where the next sample is read
  #playing = false;
  #loudest = 0;
  #blocks = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }) => this.#gather(new Int16Array(data, 0, data.byteLength >> 1));
  }

  #gather(frame) {
    for (const sample of frame.subarray(-MOST)) this.#samples[this.#written++ % this.#samples.length] = sample / 32768;
    if (this.#written - this.#place > MOST) this.#place = this.#written - CUSHION;
    this.#playing ||= this.#written - this.#place >= CUSHION;
  }

  process(_, [[block]]) {
    const sampleAt = (index) => this.#samples[index % this.#samples.length];
    for (let index = 0; index < block.length && this.#playing; index++) {
      block[index] = between(sampleAt, this.#place);
      this.#loudest = Math.max(this.#loudest, Math.abs(block[index]));
      this.#place += RATE / sampleRate;
      this.#playing = this.#place < this.#written - 1;
    }
    this.#report();
    return true;
  }

  #report() {
    this.#blocks += 1;
    if (this.#blocks % REPORT) return;
    this.port.postMessage(this.#loudest);
    this.#loudest = 0;
  }
}

/** The value at a place between two samples, on the straight line that joins them. */
function between(sampleAt, place) {
  const index = Math.floor(place);
  const before = sampleAt(index);
  return before + (sampleAt(index + 1) - before) * (place - index);
}

registerProcessor("microphone", Microphone);
registerProcessor("loudspeaker", Loudspeaker);
