// Tags complete themselves while somebody types.

const PAUSE_MS = 120;
let number = 0;

/** Makes `input` offer the tags that are probably meant. */
export const complete = (input) => {
  const list = document.createElement("datalist");
  number += 1;
  list.id = `complete-${number}`;
  input.setAttribute("list", list.id);
  input.after(list);
  let asking;
  const ask = async () => {
    const wanted = new URLSearchParams({ q: input.value });
    // On a page of the past, the tags that there were.
    const at = input.form && new FormData(input.form).get("at");
    if (at) wanted.set("at", at);
    const answer = await fetch(`/api/v1/tags/suggest?${wanted}`).catch(() => null);
    if (!answer?.ok) return;
    const { tags } = await answer.json();
    list.replaceChildren(...tags.map(({ name, videos }) => new Option(videos === 1 ? "1 video" : `${videos} videos`, name)));
  };
  input.addEventListener("input", () => {
    clearTimeout(asking);
    asking = setTimeout(ask, PAUSE_MS);
  });
  ask();
};
