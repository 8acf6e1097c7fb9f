"""The error of the supervisor."""


class SupervisorError(Exception):
    """Something that the installation needs is missing or in use. `str(error)` is one line: fault and remedy."""
