"""What is refused of whoever asks, and what is gone."""

from __future__ import annotations

from engine.errors import EngineError


class QuestionRefused(EngineError):
    """A question that cannot be asked; `detail` says why and what would do."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class Gone(EngineError):
    """What was found a moment ago was deleted since; `detail` says what, and what would do."""

    def __init__(self, detail: str) -> None:
        super().__init__(f"gone: {detail}")
        self.detail = detail
