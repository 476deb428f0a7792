// A socket of localconnect's. What is said on it: localconnect/sockets/phone.py and localconnect/sockets/agent.py.

/**
 * Opens it and says `first`. Hands each message to `onMessage`, each frame of sound to `onSound`; `onLost` is called
 * when it breaks off without `close` and without having said that the call ended.
 */
export function openLine(path, first, { onOpen, onMessage, onSound, onLost }) {
  const address = new URL(path, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  let over = false;

  const isOpen = () => socket.readyState === WebSocket.OPEN;
  const send = (message) => {
    if (isOpen()) socket.send(JSON.stringify(message));
  };
  socket.addEventListener("open", () => {
    send(first);
    onOpen?.();
  });
  socket.addEventListener("message", ({ data }) => {
    if (over) return;
    if (typeof data !== "string") return onSound(data);
    const message = JSON.parse(data);
    over = message.type === "ended";
    onMessage(message);
  });
  socket.addEventListener("close", () => {
    if (over) return;
    over = true;
    onLost();
  });

  return {
    isOpen,
    send,
    sendSound: (frame) => {
      if (isOpen()) socket.send(frame);
    },
    close: () => {
      over = true;
      socket.close();
    },
  };
}
