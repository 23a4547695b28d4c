// An answer is heard before it is published.
"use strict";

const form = document.getElementById("entry");
const voice = document.getElementById("voice");
const told = document.getElementById("told");

document.getElementById("say").addEventListener("click", async () => {
  const fields = new URLSearchParams({ csrf: form.elements.csrf.value, answer: form.elements.answer.value });
  told.textContent = "正在合成…";
  const answer = await fetch("/console/knowledge/say", { method: "POST", body: fields, redirect: "manual" });
  if (!answer.ok) {
    told.textContent = "没有合成出来，请检查答案的文字。";
    return;
  }
  URL.revokeObjectURL(voice.src);
  voice.src = URL.createObjectURL(await answer.blob());
  voice.hidden = false;
  told.textContent = "可以听了";
  voice.play().catch(() => {});
});
