// Plays a call's recording: the waveform, one side or both, and the turn that is being heard.
"use strict";

const player = document.getElementById("player");
const audio = document.getElementById("audio");
const canvas = document.getElementById("wave");
const turns = [...document.querySelectorAll("#talk li[data-at]")];
let seconds = 0;
let sides = null;
let gains = null;

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function draw() {
  if (!canvas || !sides) return;
  const width = canvas.clientWidth * (window.devicePixelRatio || 1);
  canvas.width = width;
  const pen = canvas.getContext("2d");
  const middle = canvas.height / 2;
  const step = width / Math.max(1, sides.caller.length);
  pen.clearRect(0, 0, width, canvas.height);
  pen.fillStyle = colour("--main");
  sides.caller.forEach((peak, n) => pen.fillRect(n * step, middle - 1 - (peak / 100) * (middle - 2), Math.max(1, step - 0.5), 1 + (peak / 100) * (middle - 2)));
  pen.fillStyle = colour("--good");
  sides.bot.forEach((peak, n) => pen.fillRect(n * step, middle + 1, Math.max(1, step - 0.5), 1 + (peak / 100) * (middle - 2)));
  if (seconds > 0) {
    pen.fillStyle = colour("--bad");
    pen.fillRect((audio.currentTime / seconds) * width, 0, 2, canvas.height);
  }
}

function follow() {
  const now = audio.currentTime;
  for (const turn of turns) {
    const heard = now >= Number(turn.dataset.at) && now <= Number(turn.dataset.until) + 0.3;
    turn.classList.toggle("now", heard && (!audio.paused || now > 0));
  }
  draw();
}

function seek(to) {
  if (!audio) return;
  audio.currentTime = to;
  audio.play().catch(() => {});
}

function listen(side) {
  if (!gains) {
    const desk = new AudioContext();
    const source = desk.createMediaElementSource(audio);
    const split = desk.createChannelSplitter(2);
    source.connect(split);
    gains = ["caller", "bot"].map((_, channel) => {
      const gain = desk.createGain();
      split.connect(gain, channel);
      gain.connect(desk.destination);
      return gain;
    });
    desk.resume();
  }
  gains[0].gain.value = side === "bot" ? 0 : 1;
  gains[1].gain.value = side === "caller" ? 0 : 1;
  for (const button of player.querySelectorAll("[data-side]")) {
    button.setAttribute("aria-pressed", String(button.dataset.side === side));
  }
}

async function load() {
  const answer = await fetch(`/console/calls/${player.dataset.call}/peaks`);
  if (!answer.ok) return;
  sides = await answer.json();
  seconds = sides.seconds;
  player.dataset.drawn = "yes";
  draw();
}

if (player) {
  load();
  audio.addEventListener("timeupdate", follow);
  audio.addEventListener("seeked", follow);
  window.addEventListener("resize", draw);
  canvas.addEventListener("click", (event) => seek((event.offsetX / canvas.clientWidth) * seconds));
  player.addEventListener("click", (event) => {
    if (event.target.dataset.side) listen(event.target.dataset.side);
  });
}
document.addEventListener("click", (event) => {
  if (event.target.dataset && event.target.dataset.seek) seek(Number(event.target.dataset.seek));
});
