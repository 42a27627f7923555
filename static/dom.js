// Shorthands for looking at the page.

export const find = (selector, inside = document) => inside.querySelector(selector);
export const all = (selector, inside = document) => [...inside.querySelectorAll(selector)];

/** Whether keys pressed on `element` write something there. */
export const typing = (element) => Boolean(element.closest?.("input, textarea, select, [contenteditable]"));

/** Whether a key event belongs to the browser or to a text field, and not to us. */
export const foreign = (event) => event.ctrlKey || event.altKey || event.metaKey || typing(event.target);
