// A film that the server makes while it is watched, taken piece by piece (Media Source Extensions). Times are those of the
// film; what is not there yet is asked for anew from where somebody went to.

/** How much is asked for beyond what plays, and how much is kept behind it, in seconds. */
const AHEAD_S = 30;
const BEHIND_S = 60;
/** Before somebody plays it: enough for a picture. */
const GLANCE_S = 3;
/** A place this near to what is there, or on its way, is there. */
const NEAR_S = 0.5;
/** A hole in a film up to this long is leapt over. */
const HOLE_S = 2;
const TRIES = 3;
const PAUSE_MS = 1000;

// On iPhones there is only the managed kind.
const Source = globalThis.MediaSource ?? globalThis.ManagedMediaSource;

/** Whether films can be taken in pieces at all. */
export const inPieces = Boolean(Source);
const takes = (type) => Source.isTypeSupported(type);

/** The streams of a remuxed film of this media type: { address, type }, and the codec of sound that has to be left out. MP3
 *  comes beside the picture where the browser does not take it inside of an MP4. Nothing if the picture cannot be played. */
export const streams = (base, type) => {
  if (takes(type)) return { lanes: [{ address: `${base}/remux.mp4?`, type }], silent: "" };
  const [, picture, sound = ""] = /codecs="([^",]+)(?:, ?([^"]+))?"/.exec(type) ?? [];
  const alone = `video/mp4; codecs="${picture}"`;
  if (!picture || !takes(alone)) return null;
  const film = { address: `${base}/remux.mp4?sound=none&`, type: alone };
  if (sound === "mp4a.6B" && takes("audio/mpeg")) return { lanes: [film, { address: `${base}/sound.mp3?`, type: "audio/mpeg" }], silent: "" };
  return { lanes: [film], silent: sound };
};

/** Resolves with the first of these events. */
const next = (target, names, signal) => new Promise((done, stop) => {
  const end = new AbortController();
  const finish = (how) => () => { end.abort(); how(signal?.reason); };
  for (const name of names) target.addEventListener(name, finish(done), { signal: end.signal });
  if (signal?.aborted) finish(stop)();
  signal?.addEventListener("abort", finish(stop), { signal: end.signal });
});

const holds = (buffered, at) => {
  for (let i = 0; i < buffered.length; i += 1) {
    if (buffered.start(i) - NEAR_S <= at && at < buffered.end(i)) return true;
  }
  return false;
};

/** Fills one buffer from one address, and calls `came` after each piece. Where nobody knows the type of what comes, the
 *  answer says it. */
const lane = (media, video, { address, type }, came) => {
  let buffer = type && media.addSourceBuffer(type);
  // Nothing has come of what was asked for last: what is there is still of before, and plays until it is thrown away.
  let due = true;
  // A buffer of a film that has failed is nobody's any more, and says nothing.
  const held = () => (buffer && [...media.sourceBuffers].includes(buffer) ? buffer.buffered : { length: 0 });
  const settled = () => (buffer?.updating ? next(buffer, ["updateend"]) : null);
  const work = async (act) => {
    await settled();
    act();
    await settled();
  };
  const ahead = () => (held().length ? held().end(held().length - 1) - video.currentTime : 0);
  const behind = () => (held().length ? video.currentTime - held().start(0) : 0);
  const room = () => ahead() < (video.paused && !video.played.length ? GLANCE_S : AHEAD_S);
  const forget = async (before) => {
    if (held().length && held().start(0) < before) await work(() => buffer.remove(0, before));
  };
  const put = async (piece, signal) => {
    for (;;) {
      try {
        return await work(() => buffer.appendBuffer(piece));
      } catch (error) {
        if (error.name !== "QuotaExceededError") throw error;
        await forget(video.currentTime - NEAR_S);
        await next(video, ["timeupdate", "seeking"], signal);
      }
    }
  };
  /** Takes the film from `seconds` on, to its end, in place of what is there. */
  const from = async (seconds, signal) => {
    due = true;
    const answer = await fetch(`${address}t=${seconds}`, { signal, headers: { Accept: "application/json" } });
    if (!answer.ok) throw Object.assign(new Error((await answer.json().catch(() => ({}))).detail ?? ""), { final: answer.status < 500 });
    await settled();
    signal.throwIfAborted();
    if (media.readyState === "open") buffer?.abort();
    if (held().length) await work(() => buffer.remove(0, Infinity));
    signal.throwIfAborted();
    buffer ??= media.addSourceBuffer(answer.headers.get("Content-Type"));
    const begins = answer.headers.get("X-Begins");
    await settled();
    if (begins) buffer.timestampOffset = Number(begins);
    const reader = answer.body.getReader();
    for (;;) {
      while (!room()) await next(video, ["timeupdate", "seeking", "play"], signal);
      const { done, value } = await reader.read();
      signal.throwIfAborted();
      if (done) return;
      await put(value, signal);
      signal.throwIfAborted();
      due &&= held().length === 0;
      came();
      if (behind() > 2 * BEHIND_S) await forget(video.currentTime - BEHIND_S);
    }
  };
  return { from, has: (at) => !due && holds(held(), at), due: () => due, settled };
};

/** Lets `video` play what these streams bring, from `start` on; `lazy` ones are asked for nothing before somebody plays.
 *  What fails is an `error` of the video. Ends with `signal`. */
export const play = (video, { lanes: wanted, duration, start, lazy, signal }) => {
  const media = new Source();
  const url = URL.createObjectURL(media);
  let [lanes, taking, asked, tries] = [[], new AbortController(), start, 0];
  const due = () => lanes.some((it) => it.due());
  // A film that always breaks at the same place brings pieces as well, but does not go on.
  const came = () => { if (video.currentTime > asked + NEAR_S) tries = 0; };
  const fail = async () => {
    // What another lane is putting into its buffer would stand in the way.
    taking.abort();
    await Promise.all(lanes.map((it) => it.settled()));
    if (signal.aborted) return;
    if (media.readyState === "open") media.endOfStream("network");
    // Of a film that had come to its end nothing more can be said to the browser.
    else if (!video.error) video.dispatchEvent(new Event("error"));
  };
  const take = async (seconds) => {
    taking.abort();
    taking = new AbortController();
    const { signal: current } = taking;
    asked = seconds;
    try {
      await Promise.all(lanes.map((it) => it.from(seconds, current)));
      current.throwIfAborted();
      if (media.readyState === "open") media.endOfStream();
    } catch (error) {
      if (current.aborted || video.error) return;
      // A server that starts anew is back in a moment; what the browser does not take is the same then.
      if (error.final || error.name === "NotSupportedError" || (tries += 1) > TRIES) return fail();
      setTimeout(() => current.aborted || take(video.currentTime), PAUSE_MS * tries);
    }
  };
  const goTo = () => {
    const at = video.currentTime;
    const coming = due() && Math.abs(at - asked) < NEAR_S;
    if (!lanes.length || coming || lanes.every((it) => it.has(at))) return;
    take(at);
  };
  const leap = () => {
    const { buffered, currentTime: at } = video;
    if (video.readyState >= video.HAVE_FUTURE_DATA || due()) return;
    for (let i = 0; i < buffered.length; i += 1) {
      // A film may stop a little before the end of what is there.
      if (buffered.start(i) <= at && at < buffered.end(i) - NEAR_S) return;
      const hole = buffered.start(i) - at;
      if (hole > 0 && hole < HOLE_S) video.currentTime = buffered.start(i) + 0.001;
    }
  };
  media.addEventListener("sourceopen", async () => {
    URL.revokeObjectURL(url);
    if (duration) media.duration = duration;
    try {
      lanes = wanted.map((it) => lane(media, video, it, came));
    } catch {
      return fail();
    }
    if (lazy && video.paused) await next(video, ["play", "seeking"], signal).catch(() => {});
    if (!signal.aborted) take(video.currentTime || start);
  }, { once: true, signal });
  video.addEventListener("seeking", goTo, { signal });
  // What is after a hole may come when the film waits already.
  for (const name of ["waiting", "progress"]) video.addEventListener(name, leap, { signal });
  signal.addEventListener("abort", () => taking.abort());
  video.disableRemotePlayback = Source !== globalThis.MediaSource;
  video.src = url;
  if (start) video.currentTime = start;
};
