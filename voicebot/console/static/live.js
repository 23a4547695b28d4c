// All calls that go on, as the server tells them; times go on by themselves in between.
"use strict";

const calls = document.getElementById("calls");
const status = document.getElementById("status");
let told = [];
let since = performance.now();
let patience = 500;

function lasted(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

function cell(row, label, content, name) {
  const one = row.insertCell();
  one.dataset.label = label;
  if (name) one.className = name;
  if (content instanceof Node) one.append(content);
  else one.textContent = content;
}

function draw() {
  const focused = document.activeElement?.dataset?.call;
  calls.replaceChildren();
  for (const call of told) {
    const row = calls.insertRow();
    const link = document.createElement("a");
    link.href = `/console/live/${encodeURIComponent(call.call)}`;
    link.textContent = call.caller;
    link.dataset.call = call.call;
    cell(row, "来电", link);
    cell(row, "线路", call.line);
    cell(row, "时长", lasted(call.seconds + (performance.now() - since) / 1000), "time");
    cell(row, "状态", call.human ? `${call.state_name}（${call.human}）` : call.state_name);
    cell(row, "情绪", call.mood_name, `mood-${call.mood}`);
    cell(row, "想办", call.wanted || "—");
    cell(row, "最后一句", call.last);
    if (call.call === focused) link.focus();
  }
  document.getElementById("none").hidden = told.length > 0;
}

function tick() {
  const passed = (performance.now() - since) / 1000;
  calls.querySelectorAll("td.time").forEach((one, n) => { one.textContent = lasted(told[n].seconds + passed); });
}

function connect() {
  const address = new URL("/console/live/feed", location.href);
  address.protocol = address.protocol.replace("http", "ws");
  const socket = new WebSocket(address);
  socket.onopen = () => { status.textContent = "实时更新中"; patience = 500; };
  socket.onmessage = ({ data }) => {
    const note = JSON.parse(data);
    if (note.type !== "calls") return;
    told = note.calls;
    since = performance.now();
    document.getElementById("total").textContent = note.total;
    draw();
  };
  socket.onclose = () => {
    status.textContent = "连接断开，正在重连…";
    setTimeout(connect, patience);
    patience = Math.min(patience * 2, 10000);
  };
}

setInterval(tick, 1000);
connect();
