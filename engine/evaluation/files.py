"""Strict reading of run and qrels files: each error names the line and what to do."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence

import numpy as np

from engine.errors import Problem

LARGEST_FILE_BYTES = 32 * 1024 * 1024
LONGEST_LIST = 10_000
HIGHEST_GRADE = 127
Scored = tuple[str, float]


class FileProblem(Problem):
    """A run or qrels file cannot be read. line: counts from 1, 0 for the whole file."""

    def __init__(self, line: int, detail: str) -> None:
        super().__init__("file-refused", f"Line {line}: {detail}" if line else detail)
        self.line = line


def text_of(data: bytes) -> str:
    """The text of a file without a byte order mark. Raises: FileProblem when it is too large or not UTF-8."""
    if len(data) > LARGEST_FILE_BYTES:
        raise FileProblem(
            0, f"The file has {len(data):,} bytes; at most {LARGEST_FILE_BYTES:,} are allowed. Split the file."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileProblem(line, "The file is not UTF-8 text. Save it as UTF-8, uncompressed.") from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise FileProblem(line, "The file holds a NUL character. Save it as plain text.")
    if not text.strip():
        raise FileProblem(0, "The file is empty. Choose another file.")
    return text


def columns_of(text: str, names: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Line number and columns of every line that is not blank. Raises: FileProblem for another number of columns."""
    for number, line in enumerate(text.split("\n"), start=1):
        columns = line.split()
        if not columns:
            continue
        if len(columns) != len(names):
            raise FileProblem(
                number,
                f"The line has {len(columns)} columns and needs {len(names)}, separated by blanks: {' '.join(names)}.",
            )
        yield number, columns


def topic_checked(line: int, topic: str, topics: Collection[str]) -> str:
    """Return the topic's number when it is in the topic set. Raises: FileProblem otherwise."""
    if topic not in topics:
        known = sorted(topics, key=lambda number: (len(number), number))
        available = f"Use a topic from {known[0]} to {known[-1]}." if known else "The topic set has no topics."
        raise FileProblem(line, f"Topic {topic[:40]!r} was not found. {available}")
    return topic


def score_read(line: int, text: str) -> float:
    """Read a score as a 32-bit float, as trec_eval does. Raises: FileProblem when it is not one."""
    try:
        value = float(text)
    except ValueError:
        raise FileProblem(line, f"The score {text[:40]!r} is not a number; write one like 0.7135.") from None
    with np.errstate(over="ignore"):  # an overflow is refused below
        single = float(np.float32(value))
    if not math.isfinite(single):
        raise FileProblem(line, f"The score {text[:40]!r} is not finite; write a number like 0.7135.")
    return single


def grade_read(line: int, text: str) -> int | None:
    """Read a grade, None for a negative one (pooled but unjudged). Raises: FileProblem when it is not one."""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 9 or int(text) > HIGHEST_GRADE:
        raise FileProblem(
            line, f"{text[:40]!r} is not a grade; write a whole number from 0 to {HIGHEST_GRADE}, or -1 for unjudged."
        )
    return int(text) if int(text) >= 0 else None


class Lists:
    """Collects ranked lists while a file is read; refuses repeated figures and lists that are too long."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, float]] = {}

    def add(self, line: int, topic: str, figure: str, score: float) -> None:
        """Add one figure. Raises: FileProblem when the topic has the figure already, or too many figures."""
        found = self._of.setdefault(topic, {})
        if figure in found:
            raise FileProblem(line, f"Topic {topic} has {figure[:60]!r} twice; keep each figure once.")
        if len(found) == LONGEST_LIST:
            raise FileProblem(line, f"Topic {topic} has more than {LONGEST_LIST:,} figures; keep the first of them.")
        found[figure] = score

    def ranked(self) -> dict[str, list[Scored]]:
        """The lists by topic, in trec_eval's order: by score, equal scores by name, both descending.

        The returned scores are strictly descending, so that the order survives writing and reading.
        Raises: FileProblem when no lower 32-bit float exists to separate equal scores.
        """
        return {topic: self._ordered(topic, found) for topic, found in self._of.items()}

    def _ordered(self, topic: str, found: dict[str, float]) -> list[Scored]:
        # JSON may hold a lone surrogate; no document number has one, so it will be reported as unknown.
        order = sorted(found, key=lambda name: (found[name], name.encode(errors="surrogatepass")), reverse=True)
        try:
            return list(zip(order, strictly_falling([found[name] for name in order]), strict=True))
        except ValueError as error:
            raise FileProblem(0, f"The equal scores of topic {topic} are the lowest possible; raise them.") from error


def strictly_falling(scores: Sequence[float]) -> list[float]:
    """Scores that keep their order in trec_eval: 32-bit floats, each less than the one before.

    scores: in descending order. A score not below its predecessor as a 32-bit float becomes the next lower float.
    """
    falling: list[float] = []
    before = np.float32(np.inf)
    for score in scores:
        single = np.float32(score)
        if not single < before:
            with np.errstate(over="ignore"):  # there is no float below the lowest, which is refused
                single = np.nextafter(before, np.float32(-np.inf))
        if not np.isfinite(single):
            raise ValueError(f"the score {score} does not fit a 32-bit float")
        falling.append(float(single))
        before = single
    return falling


def score_written(score: float) -> str:
    """The shortest text that reads as this 32-bit float."""
    return str(np.float32(score))
