"""What is refused of whoever judges, with words that say the mend."""

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
