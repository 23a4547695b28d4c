// Runs beside the sound card. Sends the microphone as 16-bit pieces of 20 ms; plays the 8 kHz audio that arrives,
// drawing straight lines between its samples. `clear` empties what was not played yet.

const HERE = 8000;

class Voice extends AudioWorkletProcessor {
  constructor() {
    super();
    this.piece = new Int16Array(Math.round(sampleRate / 50));
    this.filled = 0;
    this.peak = 0;
    this.queue = [];
    this.place = 0; // position in queue[0], in samples of 8 kHz
    this.last = 0;
    this.playing = false;
    this.port.onmessage = ({ data }) => this.told(data);
  }

  told(data) {
    if (data === "clear") {
      this.queue = [];
      this.place = 0;
    } else {
      this.queue.push(new Int16Array(data));
    }
  }

  process(inputs, outputs) {
    const heard = inputs[0][0];
    if (heard) this.send(heard);
    this.play(outputs[0]);
    return true;
  }

  send(samples) {
    for (const sample of samples) {
      const bounded = Math.max(-1, Math.min(1, sample));
      this.peak = Math.max(this.peak, Math.abs(bounded));
      this.piece[this.filled++] = bounded * 32767;
      if (this.filled === this.piece.length) {
        const full = this.piece;
        this.piece = new Int16Array(full.length);
        this.filled = 0;
        this.port.postMessage({ pcm: full.buffer, peak: this.peak }, [full.buffer]);
        this.peak = 0;
      }
    }
  }

  play(channels) {
    const out = channels[0];
    const step = HERE / sampleRate;
    for (let n = 0; n < out.length; n++) {
      out[n] = this.sample() / 32768;
      if (this.queue.length) this.place += step;
      while (this.queue.length && this.place >= this.queue[0].length) {
        this.last = this.queue[0][this.queue[0].length - 1];
        this.place -= this.queue[0].length;
        this.queue.shift();
        if (!this.queue.length) this.place = 0;
      }
    }
    for (let c = 1; c < channels.length; c++) channels[c].set(out);
    if (this.playing !== this.queue.length > 0) {
      this.playing = !this.playing;
      this.port.postMessage({ playing: this.playing });
    }
  }

  sample() {
    if (!this.queue.length) return 0;
    const frame = this.queue[0];
    const whole = Math.floor(this.place);
    const before = whole > 0 ? frame[whole - 1] : this.last;
    return before + (frame[whole] - before) * (this.place - whole);
  }
}

registerProcessor("voice", Voice);
