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
    const worker = new SharedWorker(new URL("live-worker.js", import.meta.url), { type: "module", name: "live" });
    const { port } = worker;
    worker.addEventListener("error", alone, { once: true });
    port.addEventListener("message", ({ data }) => tell(data));
    port.start();
    return { open: () => port.postMessage("hello"), close: () => port.postMessage("bye") };
  } catch {
    // There are none on some phones, and none where storage is switched off.
    return null;
  }
};
let together = true;
let line;
const follow = () => (together || !document.hidden ? line.open() : line.close());
/** Goes on without the others: their worker cannot be had. */
const alone = () => {
  [together, line] = [false, stream(tell)];
  follow();
};
line = shared();
if (line) follow();
else alone();
document.addEventListener("visibilitychange", () => follow());
addEventListener("pageshow", () => follow());
addEventListener("pagehide", () => line.close());
