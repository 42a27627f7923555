// What happens in the gallery, on whatever device, as it happens.
//
// All tabs of a browser share one connection, because a browser has only six to a server. Where it cannot be shared,
// a tab has one of its own while somebody looks at it.

import { stream } from "./stream.js";

const handlers = new Set();
const tell = (change) => handlers.forEach((handler) => handler(change));

/** Calls `handler` with every change: { pos, batch, cause, events, videos }, as in /api/docs. */
export const onChange = (handler) => handlers.add(handler);

const shared = () => {
  try {
    const { port } = new SharedWorker(new URL("live-worker.js", import.meta.url), { type: "module", name: "live" });
    port.addEventListener("message", ({ data }) => tell(data));
    port.start();
    return { open: () => port.postMessage("hello"), close: () => port.postMessage("bye") };
  } catch {
    // There are none on some phones, and none where storage is switched off.
    return null;
  }
};
const worker = shared();
const { open, close } = worker ?? stream(tell);

const follow = () => (worker || !document.hidden ? open() : close());
follow();
document.addEventListener("visibilitychange", follow);
addEventListener("pageshow", follow);
addEventListener("pagehide", close);
