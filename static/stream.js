// One connection to the stream of changes. It goes on where it was, also after the server was away.

const AGAIN_MS = 30_000;

/** Calls `tell` with every change, from `open()` on until `close()`. */
export const stream = (tell) => {
  let source;
  let last;
  let waiting;
  const close = () => {
    clearTimeout(waiting);
    source?.close();
    source = undefined;
  };
  const open = () => {
    if (source) return;
    clearTimeout(waiting);
    source = new EventSource(last ? `/api/v1/events?after=${last}` : "/api/v1/events");
    // Where it begins, so that it goes on from there even if nothing happens before it is closed.
    source.addEventListener("place", ({ lastEventId }) => { last = lastEventId; });
    source.addEventListener("change", ({ data, lastEventId }) => {
      last = lastEventId;
      tell(JSON.parse(data));
    });
    source.addEventListener("error", () => {
      // Browsers connect again by themselves, except after an answer such as 503.
      if (source?.readyState !== EventSource.CLOSED) return;
      close();
      waiting = setTimeout(open, AGAIN_MS);
    });
  };
  return { open, close };
};
