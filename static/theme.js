// Runs before the first paint, so that what is remembered about the look never flashes. Everything else is app.js.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  const kept = (name) => {
    try {
      return localStorage.getItem(name);
    } catch {
      return null; // Storage may be switched off; what is usual stands.
    }
  };
  const theme = kept("theme");
  if (theme === "dark" || theme === "light") root.dataset.theme = theme;
  root.classList.toggle("theatre", kept("theatre") === "on");
  const card = Number(kept("card"));
  if (card >= 160 && card <= 420) root.style.setProperty("--card", `${card}px`);
  // What somebody folded up stays so from the moment it is there.
  const fold = () => {
    for (const details of document.querySelectorAll("[data-keep]:not([data-kept])")) {
      details.dataset.kept = "";
      if (kept(details.dataset.keep) === "shut") details.open = false;
    }
  };
  const watching = new MutationObserver(fold);
  watching.observe(root, { childList: true, subtree: true });
  addEventListener("DOMContentLoaded", () => { fold(); watching.disconnect(); });
})();
