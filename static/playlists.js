// The playlists: a new one is made without leaving the page when its name is taken.

import { find } from "./dom.js";
import { told } from "./later.js";
import { post } from "./send.js";
import { say } from "./toast.js";

told();

document.addEventListener("submit", (event) => {
  const form = event.target.closest("#new form");
  if (!form) return;
  event.preventDefault();
  event.stopPropagation();
  post(form.getAttribute("action"), new URLSearchParams(new FormData(form)))
    .then((answer) => answer.json())
    .then(({ id }) => location.assign(`/playlists/${id}`))
    .catch((error) => {
      say(`Not saved. ${error.message}`);
      find("input", form).focus();
    });
});
