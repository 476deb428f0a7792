// What is spoken and heard on the line: frames of 8,000 samples a second, 16 bit, one channel.

import { audio } from "./audio.js";

const TELEPHONE_BAND = 3400; // Hz: the most that 8,000 samples a second carry well

let worklets = null;

async function node(name, options) {
  worklets ??= audio().audioWorklet.addModule(new URL("sound-worklet.js", import.meta.url));
  await worklets;
  return new AudioWorkletNode(audio(), name, options);
}

/** Plays the frames it is given, and tells `onLevel` how loud they are, from 0 to 1. */
export function loudspeaker(onLevel) {
  let opening = null;
  const open = async () => {
    const player = await node("loudspeaker", { numberOfInputs: 0, outputChannelCount: [1] });
    player.port.onmessage = ({ data }) => onLevel(data);
    player.connect(telephoneBand()).connect(audio().destination);
    return player;
  };

  return {
    async play(frame) {
      opening ??= open();
      const player = await opening;
      player.port.postMessage(frame, [frame]);
    },
  };
}

/** Gives `onFrame` what is spoken, from `start` to `stop`. `start` rejects where the microphone may not be used. */
export function microphone(onFrame) {
  let session = null;
  return {
    async start() {
      if (session) return;
      const mine = (session = new AbortController());
      try {
        await record(mine.signal, onFrame);
      } catch (error) {
        if (session === mine) session = null;
        throw error;
      }
    },
    stop() {
      session?.abort();
      session = null;
    },
  };
}

async function record(signal, onFrame) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1 } });
  const release = () => stream.getTracks().forEach((track) => track.stop());
  if (signal.aborted) return release();
  signal.addEventListener("abort", release);
  const recorder = await node("microphone", { numberOfOutputs: 0, channelCount: 1, channelCountMode: "explicit" });
  recorder.port.onmessage = ({ data }) => {
    if (!signal.aborted) onFrame(data);
  };
  const source = audio().createMediaStreamSource(stream);
  source.connect(telephoneBand()).connect(recorder);
  signal.addEventListener("abort", () => source.disconnect());
}

function telephoneBand() {
  return new BiquadFilterNode(audio(), { type: "lowpass", frequency: TELEPHONE_BAND });
}

/** How loud a frame is, from 0 to 1. */
export function loudness(frame) {
  return new Int16Array(frame).reduce((loudest, sample) => Math.max(loudest, Math.abs(sample)), 0) / 32768;
}
