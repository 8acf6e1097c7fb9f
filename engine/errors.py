"""Errors of the engine. Each carries fields, so that a report can say which document, what, and the mend."""


class EngineError(Exception):
    """Base of every error the engine raises on purpose."""


class DeliveryError(EngineError):
    """A whole delivery is refused: nothing of it is stored."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class DocumentError(EngineError):
    """One document of a delivery is unusable; the rest goes on."""

    def __init__(self, member: str, code: str, detail: str) -> None:
        super().__init__(f"{member}: {code}: {detail}")
        self.member = member
        self.code = code
        self.detail = detail


class ImageError(EngineError):
    """An image cannot be used. `detail` says why and what would do, in the reader's words."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


class WeightsMissing(EngineError):
    """The weights of a model are not in reach, or are not the pinned ones."""

    def __init__(self, model: str, mend: str) -> None:
        super().__init__(f"{model}: {mend}")
        self.model = model
        self.mend = mend


class EncoderError(EngineError):
    """An input could not be encoded; `position` counts from 0 in the sequence that was passed."""

    def __init__(self, position: int, detail: str) -> None:
        super().__init__(f"input {position}: {detail}")
        self.position = position
        self.detail = detail


class IndexMismatch(EngineError):
    """An index on disk is not the one that was asked for: torn, changed, or of another encoder."""

    def __init__(self, what: str, expected: object, found: object) -> None:
        super().__init__(f"index {what}: expected {expected!r}, found {found!r}")
        self.what = what
        self.expected = expected
        self.found = found
