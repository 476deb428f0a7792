// The page's one audio context: key tones, ringing, the loudspeaker and the microphone share it.

let context = null;

export function audio() {
  context ??= new AudioContext();
  return context;
}

// Browsers let a page sound only once somebody has touched it.
for (const touch of ["pointerdown", "keydown"]) addEventListener(touch, () => audio().resume());
