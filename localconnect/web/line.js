// The call to localconnect: one WebSocket, one call. The messages are documented in localconnect/server.py.

/**
 * Dials and hands each message of the line to `onMessage`; `onLost` is called when the line breaks off without
 * having said that the call ended.
 */
export function dial({ from, pace }, onMessage, onLost) {
  const address = new URL("/phone/call", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  const socket = new WebSocket(address);
  let ended = false;

  const send = (message) => {
    if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
  };
  socket.addEventListener("open", () => send({ type: "dial", from, pace }));
  socket.addEventListener("message", ({ data }) => {
    const message = JSON.parse(data);
    ended ||= message.type === "ended";
    onMessage(message);
  });
  socket.addEventListener("close", () => {
    if (!ended) onLost();
  });

  return {
    press: (key) => send({ type: "key", key }),
    speaking: (id) => send({ type: "speaking", id }),
    spoken: (id) => send({ type: "spoken", id }),
    hangUp: () => {
      if (socket.readyState === WebSocket.OPEN) send({ type: "hangup" });
      else socket.close();
    },
  };
}
