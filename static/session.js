// Media keys, headphones and lock screens, where the browser knows of them.

/** Tells the system what plays, and does what its buttons say. */
export const session = ({ element, video, act }) => {
  const { mediaSession } = navigator;
  if (!mediaSession) return;
  const seeks = ({ seekOffset = 10 }, way) => act.by(way * seekOffset);
  const deeds = {
    play: () => video.play(),
    pause: () => video.pause(),
    seekbackward: (asked) => seeks(asked, -1),
    seekforward: (asked) => seeks(asked, 1),
    seekto: ({ seekTime }) => act.seek(seekTime),
    previoustrack: act.previous,
    nexttrack: act.next,
  };
  for (const [name, deed] of Object.entries(deeds)) {
    try {
      mediaSession.setActionHandler(name, deed ?? null);
    } catch {
      // An action that this browser does not know.
    }
  }
  video.addEventListener("playing", () => {
    mediaSession.metadata = new MediaMetadata({ title: video.getAttribute("aria-label"), album: "Local Video Server" });
  });
  const place = () => {
    if (!Number.isFinite(video.duration) || video.duration <= 0) return;
    mediaSession.setPositionState?.({ duration: video.duration, playbackRate: video.playbackRate, position: Math.min(video.currentTime, video.duration) });
  };
  for (const name of ["playing", "seeked", "ratechange", "loadedmetadata"]) video.addEventListener(name, place);
  element.addEventListener("load", place);
};
