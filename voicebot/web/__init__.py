"""Everything that comes over HTTP and WebSocket: webhooks, media, the browser's page, the text chat."""
