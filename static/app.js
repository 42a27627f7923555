// Makes the pages nicer; nothing needs it. Forms are sent without a reload, the theme is remembered,
// tags complete themselves, and a view is counted when somebody really watches.
(() => {
  const root = document.documentElement;
  const find = (selector, inside = document) => inside.querySelector(selector);
  const typing = (element) => element.closest?.("input, textarea, select, [contenteditable]");

  // Theme

  const prefersLight = matchMedia("(prefers-color-scheme: light)");
  find("#theme").addEventListener("click", () => {
    const now = root.dataset.theme ?? (prefersLight.matches ? "light" : "dark");
    root.dataset.theme = now === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("theme", root.dataset.theme);
    } catch {
      // Storage may be switched off; the choice then lasts as long as the page.
    }
  });

  // Keys

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const search = find(".search input");
    if (event.key === "/" && !typing(event.target)) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "Escape" && event.target === search) {
      search.blur();
    } else {
      moveAmongStars(event);
    }
  });

  // Stars are one stop for Tab; the arrow keys move between them, Enter or Space gives them.
  const STEPS = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };
  const moveAmongStars = (event) => {
    const step = STEPS[event.key];
    const stars = step && event.target.closest?.(".stars");
    if (!stars) return;
    event.preventDefault();
    const buttons = [...stars.children];
    const next = buttons[(buttons.indexOf(event.target) + step + buttons.length) % buttons.length];
    oneStop(stars, next);
    next.focus();
  };
  const oneStop = (stars, stop) => {
    for (const button of stars.children) button.tabIndex = button === stop ? 0 : -1;
  };
  const rove = () => {
    for (const stars of document.querySelectorAll(".stars")) {
      oneStop(stars, stars.children[Math.max(0, stars.dataset.n - 1)]);
    }
  };
  rove();

  // Messages

  let fading;
  const say = (text) => {
    const toast = find("#toast");
    toast.textContent = text;
    clearTimeout(fading);
    fading = setTimeout(() => { toast.textContent = ""; }, 6000);
  };

  // Parts of this page as the server draws them now; what is drawn here is drawn nowhere else.
  const refresh = async (...selectors) => {
    const answer = await fetch(location.href);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const selector of selectors) {
      const [here, there] = [find(selector), find(selector, fresh)];
      if (here && there) here.replaceWith(there);
      else if (here) location.reload();
    }
    rove();
  };

  // Coming back shows the page as it was left. The scroll position is right, the facts may not be.
  addEventListener("pageshow", async (event) => {
    if (!event.persisted) return;
    const card = document.activeElement.closest?.(".card")?.id;
    await refresh(".head .sub", ".grid", ".acts", "#tags .tags");
    if (card) find(`#${card} h2 a`)?.focus({ preventScroll: true });
  });

  // Forms: shown at once, taken back when the server refuses. One after the other, so that the last
  // click wins.

  const rate = (form, stars) => {
    const group = find(".stars", form);
    const before = group.dataset.n;
    const show = (n) => {
      group.dataset.n = n;
      for (const button of group.children) button.setAttribute("aria-checked", button.value === n);
      const clear = find(".clear", form);
      if (clear) clear.disabled = n === "0";
    };
    show(stars);
    return () => show(before);
  };
  const love = (button) => {
    const show = (on) => {
      button.setAttribute("aria-pressed", on);
      button.value = !on;
    };
    const on = button.value === "true";
    show(on);
    return () => show(!on);
  };
  const post = async (url, fields) => {
    const headers = { Accept: "application/json" };
    const answer = await fetch(url, { method: "POST", body: fields, headers }).catch(() => {
      throw new Error("The server does not answer.");
    });
    if (answer.ok) return;
    const problem = await answer.json().catch(() => ({}));
    throw new Error(problem.detail || problem.title || `The server answered ${answer.status}.`);
  };
  const afterTag = async (form, button) => {
    const place = button.name === "remove" ? [...form.querySelectorAll("button")].indexOf(button) : -1;
    if (place < 0) form.reset();
    await refresh("#tags .tags");
    const left = find("#tags .tags").querySelectorAll("button");
    if (place >= 0) (left[Math.min(place, left.length - 1)] ?? find(".add input")).focus();
  };

  let sent = Promise.resolve();
  addEventListener("submit", (event) => {
    const form = event.target;
    const button = event.submitter;
    if (form.method !== "post" || !button) return;
    event.preventDefault();
    const url = button.getAttribute("formaction") ?? form.getAttribute("action");
    const fields = new URLSearchParams(new FormData(form));
    if (button.name) fields.set(button.name, button.value);
    let takeBack = () => {};
    if (button.name === "stars") takeBack = rate(form, button.value);
    if (button.name === "favorite") takeBack = love(button);
    sent = sent.then(() => post(url, fields)).then(
      () => form.closest("#tags") && afterTag(form, button),
      (error) => {
        takeBack();
        say(`Not saved. ${error.message}`);
      },
    );
  });

  // Tags complete themselves

  const add = find(".add input");
  let asking;
  add?.addEventListener("input", () => {
    clearTimeout(asking);
    asking = setTimeout(async () => {
      const answer = await fetch(`/api/v1/tags/suggest?q=${encodeURIComponent(add.value)}`).catch(() => null);
      if (!answer?.ok) return;
      const { tags } = await answer.json();
      add.list.replaceChildren(...tags.map((tag) => {
        const option = document.createElement("option");
        option.value = tag.name;
        option.textContent = tag.videos === 1 ? "1 video" : `${tag.videos} videos`;
        return option;
      }));
    }, 120);
  });

  // Watching

  const player = find("#player");
  const watched = () => {
    let seconds = 0;
    for (let i = 0; i < player.played.length; i += 1) seconds += player.played.end(i) - player.played.start(i);
    return seconds;
  };
  let counted = false;
  const count = (event) => {
    if (counted || (event.type === "timeupdate" && watched() < 1)) return;
    counted = true;
    post(player.dataset.view, new URLSearchParams()).catch(() => {});
  };
  player?.addEventListener("timeupdate", count);
  player?.addEventListener("ended", count);
  player?.addEventListener("error", () => { find("#trouble").hidden = false; });
})();
