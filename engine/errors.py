"""Errors of the engine. Each carries fields, so that a report can say which document, what is wrong and what to do."""


class EngineError(Exception):
    """Base of every error that the engine raises on purpose."""


class Problem(EngineError):
    """Something that a person can put right.

    code: stable, for programs. detail: what is wrong and what to do, in the reader's words. status: the HTTP status of
    the answer; `patentsearch.errors` turns it into one, for pages and API alike.
    """

    def __init__(self, code: str, detail: str, status: int = 400) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.status = status


class NotFound(Problem):
    """A row does not exist, or was deleted since it was read."""

    def __init__(self, detail: str) -> None:
        super().__init__("not-found", detail, 404)


class DeliveryError(Problem):
    """A whole delivery is refused: nothing of it is stored."""


class DocumentError(Problem):
    """One document of a delivery is unusable; the other documents are processed."""

    def __init__(self, member: str, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.args = (f"{member}: {code}: {detail}",)
        self.member = member


class ImageError(Problem):
    """An image cannot be used."""


class WeightsMissing(EngineError):
    """The weights of a model are out of reach, or are not the pinned ones. remedy: what to do."""

    def __init__(self, model: str, remedy: str) -> None:
        super().__init__(f"{model}: {remedy}")
        self.model = model
        self.remedy = remedy


class EncoderError(EngineError):
    """An input could not be encoded; `position` counts from 0 in the sequence that was passed."""

    def __init__(self, position: int, detail: str) -> None:
        super().__init__(f"input {position}: {detail}")
        self.position = position
        self.detail = detail


class IndexMismatch(EngineError):
    """An index on disk is not the expected one: torn, changed, or of another encoder."""

    def __init__(self, what: str, expected: object, found: object) -> None:
        super().__init__(f"index {what}: expected {expected!r}, found {found!r}")
        self.what = what
        self.expected = expected
        self.found = found
