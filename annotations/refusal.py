"""What is refused of whoever judges, and what is gone, with words that say the mend."""

from __future__ import annotations

from engine.errors import EngineError


class AssessmentRefused(EngineError):
    """Something that cannot be said of a candidate; `detail` says why and what would do."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class SessionClosed(AssessmentRefused):
    """The session takes no judgments any more."""

    def __init__(self) -> None:
        super().__init__("session-closed", "This session is closed; ask an administrator to open it again.")


class Gone(EngineError):
    """What was found a moment ago was deleted since; `detail` says what, and what would do."""

    def __init__(self, detail: str) -> None:
        super().__init__(f"gone: {detail}")
        self.detail = detail
