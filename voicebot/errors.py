"""What the user is told when something cannot be done."""


class VoicebotError(Exception):
    """One sentence for the user: what is wrong, where, and what to do next.

    The command line prints it on standard error without a traceback and exits with status 1.
    """
