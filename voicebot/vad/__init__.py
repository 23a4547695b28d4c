"""Is there speech in this frame? One engine a file, all behind `voicebot.ports.Vad`."""
