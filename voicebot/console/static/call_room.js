// One call that goes on: its transcript, its sound, and what a human does in it. Sound goes both ways in pieces of
// 20 ms: what comes begins with the side (0 caller, 1 whoever speaks with him), what goes is the microphone.
"use strict";

const $ = (id) => document.getElementById(id);
const room = $("room");
let socket = null;
let over = false;
let mine = false;
let seconds = 0;
let since = performance.now();
let sound = null; // {context, sides: [node, node]}
let microphone = null;
let patience = 500;

function send(message) {
  if (socket && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function lasted(whole) {
  return `${Math.floor(whole / 60)}:${String(Math.floor(whole) % 60).padStart(2, "0")}`;
}

function clock() {
  if (!over) $("clock").textContent = lasted(seconds + (performance.now() - since) / 1000);
}

function line(note) {
  const one = document.createElement("li");
  one.className = note.who;
  const meta = document.createElement("div");
  meta.className = "meta";
  meta.textContent = `${lasted(note.at)} ${note.speaker}`;
  if (note.mood) {
    const mood = document.createElement("span");
    mood.className = `tag mood-${note.mood}`;
    mood.textContent = note.mood_name;
    meta.append(" ", mood);
  }
  const text = document.createElement("p");
  text.className = "text";
  text.textContent = note.text;
  one.append(meta, text);
  const atEnd = $("talk").scrollHeight - $("talk").scrollTop - $("talk").clientHeight < 80;
  $("talk").append(one);
  if (atEnd) $("talk").scrollTop = $("talk").scrollHeight;
}

function suggest(note) {
  const list = $("suggestions");
  list.querySelector(".soft")?.remove();
  const one = document.createElement("li");
  const use = document.createElement("button");
  use.type = "button";
  use.className = "plain";
  use.textContent = "用这句";
  use.onclick = () => {
    const field = (mine ? $("say") : $("whisper"))?.elements.text;
    if (field) { field.value = note.answer; field.focus(); }
  };
  one.append(`${note.answer} `, use);
  list.prepend(one);
  while (list.children.length > 3) list.lastElementChild.remove();
}

function steps(found) {
  if (!found.length) return;
  $("steps").replaceChildren(...found.map((step) => {
    const one = document.createElement("li");
    const name = document.createElement("strong");
    name.textContent = step.name;
    one.append(name, ` ${step.text}`);
    const kind = $("kind");
    if (kind && [...kind.options].some((option) => option.value === step.intent)) {
      const use = document.createElement("button");
      use.type = "button";
      use.className = "plain";
      use.textContent = "按此建单";
      use.onclick = () => { kind.value = step.intent; kind.focus(); };
      one.append(" ", use);
    }
    return one;
  }));
}

function draw(note) {
  seconds = note.seconds;
  since = performance.now();
  $("state").textContent = note.human ? `${note.state_name}（${note.human}）` : note.state_name;
  $("mood").textContent = note.mood_name;
  $("mood").className = `mood-${note.mood}`;
  $("wanted").textContent = note.wanted || "—";
  steps(note.steps);
  const began = note.mine && !mine;
  mine = note.mine;
  $("mine").hidden = !mine;
  if ($("watch")) {
    $("whisper").hidden = note.state === "human";
    $("take").hidden = note.state === "human";
    $("watch").hidden = note.state === "human" && !room.dataset.sound;
  }
  if (began) {
    $("say").elements.text.focus();
    if (room.dataset.sound) speak();
  }
  if (!mine) silence();
  clock();
}

function ended(why) {
  over = true;
  silence();
  $("status").textContent = why || "通话已经结束。";
  $("mine").hidden = true;
  if ($("watch")) $("watch").hidden = true;
  document.body.dataset.over = "yes";
}

// -- sound ------------------------------------------------------------------------------------------------------

async function loudspeakers() {
  if (sound) return sound;
  const context = new AudioContext();
  sound = { context, sides: [] };
  await context.audioWorklet.addModule(room.dataset.voice);
  sound.sides = [0, 1].map(() => {
    const node = new AudioWorkletNode(context, "voice", { numberOfInputs: 1, outputChannelCount: [1] });
    node.connect(context.destination);
    return node;
  });
  sound.sides[0].port.onmessage = ({ data }) => {
    if (data.playing) document.body.dataset.playing = "yes";
  };
  await context.resume();
  return sound;
}

async function listen(on) {
  if (on) await loudspeakers();
  send({ type: "listen", on });
  const button = $("listen");
  if (button) {
    button.setAttribute("aria-pressed", String(on));
    button.textContent = on ? "停止监听" : "监听声音";
  }
}

async function speak() {
  if (microphone) return;
  microphone = {};
  $("voice-state").textContent = "正在打开麦克风…";
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
    const { context } = await loudspeakers();
    const node = new AudioWorkletNode(context, "voice", { numberOfInputs: 1, outputChannelCount: [1] });
    context.createMediaStreamSource(stream).connect(node).connect(context.destination);
    node.port.onmessage = ({ data }) => {
      if (data.pcm && mine && socket.readyState === WebSocket.OPEN && socket.bufferedAmount < 32000) socket.send(data.pcm);
    };
    microphone = { stream, node };
    send({ type: "microphone", rate: context.sampleRate });
    await listen(true);
    $("voice").textContent = "关闭麦克风";
    $("voice").setAttribute("aria-pressed", "true");
    $("voice-state").textContent = "客户听得到您";
  } catch {
    microphone = null;
    $("voice-state").textContent = "无法使用麦克风，可以打字";
  }
}

function silence() {
  if (!microphone) return;
  for (const track of microphone.stream?.getTracks() ?? []) track.stop();
  microphone.node?.disconnect();
  microphone = null;
  $("voice").textContent = "接通麦克风";
  $("voice").setAttribute("aria-pressed", "false");
  $("voice-state").textContent = "";
}

function heard(data) {
  if (!sound) return;
  const side = new Uint8Array(data, 0, 1)[0];
  const pcm = data.slice(1);
  // Who speaks here hears the caller alone.
  if (!(mine && side === 1)) sound.sides[side]?.port.postMessage(pcm, [pcm]);
}

// -- the socket -------------------------------------------------------------------------------------------------

function connect() {
  const address = new URL(room.dataset.socket, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  socket = new WebSocket(address);
  socket.binaryType = "arraybuffer";
  socket.onopen = () => {
    $("status").textContent = "实时更新中";
    patience = 500;
    $("talk").replaceChildren();
    if (sound) send({ type: "listen", on: true });
    if (microphone) send({ type: "microphone", rate: sound.context.sampleRate });
  };
  socket.onmessage = ({ data }) => {
    if (data instanceof ArrayBuffer) { heard(data); return; }
    const note = JSON.parse(data);
    if (note.type === "line") line(note);
    else if (note.type === "call") draw(note);
    else if (note.type === "suggest") suggest(note);
    else if (note.type === "refused") $("status").textContent = note.why;
    else if (note.type === "over") ended(note.why);
  };
  socket.onclose = () => {
    if (over) return;
    $("status").textContent = "连接断开，正在重连…";
    setTimeout(connect, patience);
    patience = Math.min(patience * 2, 10000);
  };
}

function form(id, sent) {
  $(id)?.addEventListener("submit", (event) => {
    event.preventDefault();
    sent(event.target.elements);
  });
}

form("whisper", ({ text }) => { send({ type: "whisper", text: text.value }); text.value = ""; });
form("say", ({ text }) => { send({ type: "say", text: text.value }); text.value = ""; });
form("back", ({ note }) => { send({ type: "back", note: note.value }); note.value = ""; });
form("note", ({ text }) => { send({ type: "note", text: text.value }); text.value = ""; $("note-state").textContent = "已保存"; });
form("ticket", async () => {
  const answer = await fetch($("ticket").action, { method: "POST", body: new URLSearchParams(new FormData($("ticket"))) });
  const made = answer.ok ? await answer.json() : null;
  $("ticket-state").textContent = made ? `已建工单 ${made.number}，${made.department}，${made.hours} 小时内答复` : "没有建成，请稍后再试";
});
for (const part of document.querySelectorAll(".sound")) part.hidden = !room.dataset.sound;
if ($("take")) $("take").onclick = () => send({ type: "take" });
if ($("listen")) $("listen").onclick = () => listen($("listen").getAttribute("aria-pressed") !== "true");
$("end").onclick = () => send({ type: "end" });
$("voice").onclick = () => (microphone ? silence() : speak());
setInterval(clock, 1000);
connect();
