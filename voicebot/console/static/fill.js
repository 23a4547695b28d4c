// A part of the page that is not known yet: asked for, every second until it is there (202 means: not yet).
"use strict";

const EVERY_MS = 1000;

async function fill(part) {
  try {
    const answer = await fetch(part.dataset.fill, { redirect: "manual" });
    if (answer.status === 200) {
      const found = new DOMParser().parseFromString(await answer.text(), "text/html");
      part.replaceChildren(...found.body.childNodes);
      part.dataset.filled = "yes";
      return;
    }
    if (answer.status === 404 || answer.type === "opaqueredirect") {
      location.reload();
      return;
    }
  } catch {
    // The server is away; the next time may find it.
  }
  setTimeout(() => fill(part), EVERY_MS);
}

for (const part of document.querySelectorAll("[data-fill]")) {
  if (part.querySelector(".busy")) fill(part);
  else part.dataset.filled = "yes";
}
