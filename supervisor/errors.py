"""What the supervisor refuses, as one line with the mend."""


class SupervisorError(Exception):
    """Something the installation needs is missing or taken; `str(error)` is one line: what is wrong, and the mend."""
