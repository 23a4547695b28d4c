// The bot's side of a call that is tried, heard without leaving the page.
"use strict";

const form = document.getElementById("sound");
const heard = document.getElementById("heard");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    if (answer.ok) {
      heard.src = URL.createObjectURL(await answer.blob());
      heard.hidden = false;
      await heard.play();
    }
  } finally {
    button.disabled = false;
  }
});
