"""Speaking: written text -> spoken reading -> parts -> audio, 8 kHz, 16-bit, mono.

written  128.5元      reading.py   what a Chinese speaker says for it
spoken   一百二十八块五  parts.py     cut where a speaker may pause; fixed wording apart from what varies
part     ...           speaker.py   each part from the cache, or made by a voice, in order
audio                  kokoro.py · espeak.py · tone.py, one file per voice engine
"""
