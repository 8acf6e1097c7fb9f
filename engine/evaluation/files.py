"""What is refused of files of runs and qrels, and how their lines are read: strictly, each error with line and mend."""

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
    """A file of a run or of qrels cannot be read. line: counts from 1, 0 for the whole file."""

    def __init__(self, line: int, detail: str) -> None:
        super().__init__("file-refused", f"Line {line}: {detail}" if line else detail)
        self.line = line


def text_of(data: bytes) -> str:
    """The text of a file, without a byte order mark. Raises: FileProblem when it is too large or no UTF-8."""
    if len(data) > LARGEST_FILE_BYTES:
        raise FileProblem(
            0, f"The file has {len(data):,} bytes; at most {LARGEST_FILE_BYTES:,} are read. Cut the lists, or split it."
        )
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise FileProblem(line, "This is no UTF-8 text. Save the file as UTF-8, uncompressed.") from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise FileProblem(line, "There is a NUL character. Save the file as plain text.")
    if not text.strip():
        raise FileProblem(0, "The file is empty. Choose one that has lines.")
    return text


def columns_of(text: str, names: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Line number and its columns, of every line that is not blank. Raises: FileProblem at one with other columns."""
    for number, line in enumerate(text.split("\n"), start=1):
        columns = line.split()
        if not columns:
            continue
        if len(columns) != len(names):
            raise FileProblem(
                number,
                f"There are {len(columns)} columns; a line has {len(names)}, with blanks between them: "
                f"{' '.join(names)}.",
            )
        yield number, columns


def topic_checked(line: int, topic: str, topics: Collection[str]) -> str:
    """A topic of the set. Raises: FileProblem when it is none."""
    if topic not in topics:
        known = sorted(topics, key=lambda number: (len(number), number))
        said = f"The topics here are {known[0]} to {known[-1]}." if known else "This topic set has no topics."
        raise FileProblem(line, f"There is no topic {topic[:40]!r}. {said}")
    return topic


def score_read(line: int, text: str) -> float:
    """A score as trec_eval keeps it, a 32-bit number. Raises: FileProblem when it is none."""
    try:
        value = float(text)
    except ValueError:
        raise FileProblem(line, f"The score {text[:40]!r} is no number; write one like 0.7135.") from None
    with np.errstate(over="ignore"):  # what overflows is refused
        single = float(np.float32(value))
    if not math.isfinite(single):
        raise FileProblem(line, f"The score {text[:40]!r} orders nothing; write a finite number like 0.7135.")
    return single


def grade_read(line: int, text: str) -> int | None:
    """A grade; None for a negative one, which says pooled and unjudged. Raises: FileProblem when it is none."""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal()) or len(digits) > 9 or int(text) > HIGHEST_GRADE:
        raise FileProblem(
            line, f"The grade {text[:40]!r} is none; write a whole number from 0 to {HIGHEST_GRADE}, -1 for unjudged."
        )
    return int(text) if int(text) >= 0 else None


class Lists:
    """Ranked lists while they are read: no figure twice, none too long."""

    def __init__(self) -> None:
        self._of: dict[str, dict[str, float]] = {}

    def add(self, line: int, topic: str, figure: str, score: float) -> None:
        """Raises: FileProblem where the topic has the figure already, or too many."""
        found = self._of.setdefault(topic, {})
        if figure in found:
            raise FileProblem(line, f"Topic {topic} has {figure[:60]!r} already; leave each figure once.")
        if len(found) == LONGEST_LIST:
            raise FileProblem(line, f"Topic {topic} has more than {LONGEST_LIST:,} figures; leave the first of them.")
        found[figure] = score

    def ranked(self) -> dict[str, list[Scored]]:
        """By topic, figures in trec_eval's order: by score, and equal ones by name, both falling.

        Their scores fall strictly, so that the order is in them; written and read again they are the same.
        Raises: FileProblem where there is no 32-bit number left below equal scores.
        """
        return {topic: self._ordered(topic, found) for topic, found in self._of.items()}

    def _ordered(self, topic: str, found: dict[str, float]) -> list[Scored]:
        # JSON may hold half a character, which no document number has and the collection will not know.
        order = sorted(found, key=lambda name: (found[name], name.encode(errors="surrogatepass")), reverse=True)
        try:
            return list(zip(order, strictly_falling([found[name] for name in order]), strict=True))
        except ValueError as error:
            raise FileProblem(
                0, f"The equal scores of topic {topic} are the lowest there can be; write them higher."
            ) from error


def strictly_falling(scores: Sequence[float]) -> list[float]:
    """Scores that keep the order of these under trec_eval: 32-bit numbers, each less than the one before.

    scores: they never rise. One that is no less than its predecessor as a 32-bit number becomes the next number below.
    """
    falling: list[float] = []
    before = np.float32(np.inf)
    for score in scores:
        single = np.float32(score)
        if not single < before:
            with np.errstate(over="ignore"):  # below the lowest there is none, which is refused
                single = np.nextafter(before, np.float32(-np.inf))
        if not np.isfinite(single):
            raise ValueError(f"the score {score} is no 32-bit number")
        falling.append(float(single))
        before = single
    return falling


def score_written(score: float) -> str:
    """The shortest text that reads as this 32-bit number."""
    return str(np.float32(score))
