"""The console: pages and an API for those who run the hotline, on the same server as the calls.

`desk` is what everything here works with, `gate` says who may see what, `frame` draws pages; each other module is a
room with `routes(desk)`, and `rooms` lists them. A new room is a module, a line in `rooms`, and its templates.
"""
