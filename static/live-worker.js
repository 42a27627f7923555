// The one connection of this browser to the stream of changes, shared by all its tabs.

import { stream } from "./stream.js";

const tabs = new Set();
const { open, close } = stream((change) => {
  for (const tab of tabs) tab.postMessage(change);
});

addEventListener("connect", ({ ports: [tab] }) => {
  tab.addEventListener("message", ({ data }) => {
    if (data === "hello") tabs.add(tab);
    else tabs.delete(tab);
    if (tabs.size) open();
    else close();
  });
  tab.start();
});
