"""Speech recognition: one file per engine behind `voicebot.ports.Recognizer`, a scripted one for tests included."""
