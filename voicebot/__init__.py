"""A telephone voice bot for a shop's hotline, in Mandarin first, that runs on the shop's own machine."""

__version__ = "0.1.0"
