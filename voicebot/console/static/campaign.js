// How a campaign stands, fetched anew every two seconds while the page is looked at.
"use strict";

const part = document.getElementById("progress");
const EVERY_MS = 2000;

async function refresh() {
  if (!document.hidden) {
    try {
      const answer = await fetch(part.dataset.from, { redirect: "manual" });
      if (answer.ok) {
        const found = new DOMParser().parseFromString(await answer.text(), "text/html");
        const before = document.getElementById("state").dataset.state;
        part.replaceChildren(...found.body.childNodes);
        if (document.getElementById("state").dataset.state !== before) location.reload();
      }
    } catch {
      // The server is away; the next time may find it.
    }
  }
  setTimeout(refresh, EVERY_MS);
}

setTimeout(refresh, EVERY_MS);
