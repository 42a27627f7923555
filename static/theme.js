// Runs before the first paint, so that a remembered theme never flashes. Everything else is app.js.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  try {
    const theme = localStorage.getItem("theme");
    if (theme === "dark" || theme === "light") root.dataset.theme = theme;
  } catch {
    // Storage may be switched off; the system's preference stands.
  }
})();
