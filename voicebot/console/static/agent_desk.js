// The queue as one agent sees it: on duty or not, what rings, who waits.
"use strict";

const $ = (id) => document.getElementById(id);
let socket = null;
let offered = null;
let onDuty = false;
let patience = 500;

function send(message) {
  if (socket && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}

function lasted(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function offer(call) {
  const news = call && call.call !== offered;
  offered = call ? call.call : null;
  $("offer").hidden = !call;
  document.title = call ? "来电 · 坐席台" : "坐席台";
  if (!call) return;
  $("offer-who").textContent = `${call.caller}（${call.line}）`;
  $("offer-what").textContent = [call.wanted && `想办${call.wanted}`, `情绪${call.mood_name}`, call.reason].filter(Boolean).join("，");
  if (news) $("accept").focus();
}

function draw(note) {
  onDuty = note.on_duty;
  $("duty").textContent = onDuty ? "暂停接待" : "开始接待";
  $("duty").setAttribute("aria-pressed", String(onDuty));
  $("status").textContent = onDuty ? `正在接待，共 ${note.agents} 位坐席，平均 ${lasted(note.handling)}` : "没有接待，来电不会转给您";
  $("own").hidden = !note.mine;
  if (note.mine) $("own").firstElementChild.href = `/console/desk/${encodeURIComponent(note.mine)}`;
  $("count").textContent = note.waiting.length;
  $("none").hidden = note.waiting.length > 0;
  const rows = $("waiting");
  rows.replaceChildren();
  note.waiting.forEach((call, place) => {
    const row = rows.insertRow();
    const cells = [["位置", place + 1], ["来电", call.caller], ["线路", call.line], ["已通话", lasted(call.seconds)],
      ["情绪", call.mood_name], ["想办", call.wanted || "—"], ["转接原因", call.reason || "—"]];
    for (const [label, text] of cells) {
      const one = row.insertCell();
      one.dataset.label = label;
      one.textContent = text;
    }
  });
  offer(note.waiting.find((call) => call.rings));
}

function connect() {
  const address = new URL("/console/desk/feed", location.href);
  address.protocol = address.protocol.replace("http", "ws");
  socket = new WebSocket(address);
  socket.onopen = () => { patience = 500; };
  socket.onmessage = ({ data }) => {
    const note = JSON.parse(data);
    if (note.type === "desk") draw(note);
    else if (note.type === "accepted") location.href = `/console/desk/${encodeURIComponent(note.call)}`;
  };
  socket.onclose = () => {
    $("status").textContent = "连接断开，正在重连…";
    setTimeout(connect, patience);
    patience = Math.min(patience * 2, 10000);
  };
}

$("duty").onclick = () => send({ type: "duty", on: !onDuty });
$("accept").onclick = () => offered && send({ type: "accept", call: offered });
$("decline").onclick = () => offered && send({ type: "decline", call: offered });
connect();
