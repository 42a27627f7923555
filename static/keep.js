// What this browser remembers. Storage may be switched off; then it lasts as long as the page.

const page = {};

/** What was kept under `name`; empty if nothing. */
export const kept = (name) => {
  try {
    return localStorage.getItem(name) ?? "";
  } catch {
    return page[name] ?? "";
  }
};

/** Keeps `value`, a string. */
export const keep = (name, value) => {
  page[name] = value;
  try {
    localStorage.setItem(name, value);
  } catch {
    // Kept in `page`.
  }
};
