// One call at a time: microphone -> worklet -> WebSocket, and back. What is said appears as it is said.

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const WHY = {
  full: "线路繁忙,请稍后再拨",
  caller: "您已有一通电话在进行",
  stopping: "服务正在维护,请稍后再拨",
};
const $ = (id) => document.getElementById(id);
let call = null;

function state(text) {
  $("state").textContent = text;
}

function show(kind, text) {
  const line = document.createElement("li");
  line.className = kind;
  line.textContent = text;
  $("talk").append(line);
  line.scrollIntoView({ block: "nearest" });
}

function buttons(talking) {
  $("ring").disabled = talking;
  $("hang-up").disabled = !talking;
  for (const key of $("keypad").children) key.disabled = !talking;
}

async function ticket() {
  const answer = await fetch("/call/ticket", { method: "POST" });
  const body = await answer.json();
  if (!answer.ok) throw new Error(WHY[body.detail] || "暂时无法接通");
  return body.ticket;
}

async function microphone() {
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
  } catch {
    throw new Error("无法使用麦克风:请允许本页面使用麦克风(须通过 https 或本机地址打开)");
  }
}

// Some browsers cannot join a microphone to a context of another rate; then the sound card's own rate is used.
function context(stream) {
  try {
    const narrow = new AudioContext({ sampleRate: 16000 });
    return { sound: narrow, source: narrow.createMediaStreamSource(stream) };
  } catch {
    const own = new AudioContext();
    return { sound: own, source: own.createMediaStreamSource(stream) };
  }
}

class Call {
  async begin() {
    this.stream = await microphone();
    const pass = await ticket();
    const { sound, source } = context(this.stream);
    this.sound = sound;
    await sound.audioWorklet.addModule("/call/voice.js");
    await sound.resume();
    this.voice = new AudioWorkletNode(sound, "voice", { numberOfInputs: 1, outputChannelCount: [1] });
    source.connect(this.voice).connect(sound.destination);
    this.voice.port.onmessage = ({ data }) => this.fromVoice(data);
    this.open(pass);
  }

  open(pass) {
    const address = new URL("/call/media", location.href);
    address.protocol = address.protocol.replace("http", "ws");
    this.socket = new WebSocket(address);
    this.socket.binaryType = "arraybuffer";
    this.socket.onopen = () => {
      this.send({ type: "hello", ticket: pass, rate: this.sound.sampleRate });
      this.talking = true;
      state("通话中");
      buttons(true);
    };
    this.socket.onmessage = ({ data }) => this.told(data);
    this.socket.onclose = () => this.end("通话已结束");
  }

  fromVoice({ pcm, peak, playing }) {
    if (playing !== undefined) {
      document.body.dataset.playing = playing;
      return;
    }
    $("level").value = peak;
    if (this.talking && this.socket.readyState === WebSocket.OPEN && this.socket.bufferedAmount < 32000) {
      this.socket.send(pcm);
    }
  }

  told(data) {
    if (data instanceof ArrayBuffer) {
      this.voice.port.postMessage(data, [data]);
      return;
    }
    const note = JSON.parse(data);
    if (note.type === "clear") this.voice.port.postMessage("clear");
    else if (note.type === "bot") show("bot", note.text);
    else if (note.type === "agent") show("agent", note.text);
    else if (note.type === "caller") show("caller", note.text);
    else if (note.type === "keys") show("keys", `按键 ${note.keys}`);
    else if (note.type === "busy") this.end(WHY[note.why] || "暂时无法接通");
    else if (note.type === "ended") this.end("通话已结束");
  }

  press(key) {
    this.send({ type: "key", key });
  }

  hangUp() {
    this.send({ type: "hang_up" });
    this.end("已挂断");
  }

  send(message) {
    if (this.socket && this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(message));
  }

  end(text) {
    if (this.over) return;
    this.over = true;
    this.talking = false;
    call = null;
    state(text);
    buttons(false);
    $("level").value = 0;
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    if (this.socket) this.socket.close();
    // The last words are still on their way to the loudspeaker.
    if (this.sound) setTimeout(() => this.sound.close(), 1500);
  }
}

async function ring() {
  $("talk").replaceChildren();
  buttons(true);
  state("正在接通…");
  const next = new Call();
  call = next;
  try {
    await next.begin();
  } catch (error) {
    next.end(error.message);
  }
}

for (const key of KEYS) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = key;
  button.disabled = true;
  button.onclick = () => call?.press(key);
  $("keypad").append(button);
}
$("ring").onclick = ring;
$("hang-up").onclick = () => call?.hangUp();
document.addEventListener("keydown", (event) => {
  if (call && KEYS.includes(event.key)) call.press(event.key);
});
