"""The one refusal of whoever reads a question."""

from __future__ import annotations

from engine.errors import EngineError


class QuestionRefused(EngineError):
    """A question that cannot be asked; `detail` says why and what would do."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
