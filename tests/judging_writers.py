"""Writers that judge over HTTP as browsers with an outbox do: each request one to three times, in any order, until it
is acknowledged; and the ledger of what each of them was told."""

from __future__ import annotations

import http.client
import json
import queue
import random
import re
import threading
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

JSON = "application/json"
PASSWORD = "a-long-enough-passphrase"
RETRY_SECONDS = (0.05, 0.4)
GIVES_UP = 0.02  # of the judgments whose answer was lost: a browser that was closed for good
UNDOES = 0.04
REQUEST_SECONDS = 30.0
LONGEST_SECONDS = 3600.0


@dataclass(slots=True)
class Entry:
    """A judgment, or an undo, that was sent. told: the bodies of its acknowledgements; sends: requests sent of it."""

    kind: str
    assessor: int
    position: int | None
    body: dict[str, Any]
    told: set[str] = field(default_factory=set)
    sends: int = 0
    was_refused: bool = False
    was_lost: bool = False

    @property
    def client_id(self) -> str:
        return str(self.body["client_id"])


class Browser:
    """One login: cookies, a token, a connection."""

    def __init__(self, port: int, username: str, session_id: int) -> None:
        self.port = port
        self.username = username
        self.session_id = session_id
        self.cookies: dict[str, str] = {}
        self.token = ""
        self._connection: http.client.HTTPConnection | None = None

    def twin(self) -> Browser:
        """Another connection of the same login."""
        other = Browser(self.port, self.username, self.session_id)
        other.cookies, other.token = dict(self.cookies), self.token
        return other

    def log_in(self) -> None:
        """Through the form. Raises: OSError or HTTPException."""
        page = self.request("GET", "/login/")[1]
        found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        if found is None:
            raise OSError("no form to log in with")
        form = {"csrfmiddlewaretoken": found[1], "username": self.username, "password": PASSWORD}
        status, _ = self.request("POST", "/login/", urlencode(form), "application/x-www-form-urlencoded")
        if status != 302:
            raise OSError(f"the login answered {status}")

    def state(self) -> dict[str, Any]:
        """What the page asks for after a reload. Raises: OSError."""
        status, text = self.request("GET", f"/api/sessions/{self.session_id}/judgments/", accept=JSON)
        if status != 200:
            raise OSError(f"the state answered {status}")
        state: dict[str, Any] = json.loads(text)
        self.token = state["csrf_token"]
        return state

    def send(self, entry: Entry) -> tuple[int, str]:
        """Status and body of the answer. Raises: OSError or HTTPException where it was lost."""
        at = "undo" if entry.kind == "undo" else f"showings/{entry.position}/judgments"
        return self.request("POST", f"/api/sessions/{self.session_id}/{at}/", json.dumps(entry.body), JSON, accept=JSON)

    def request(
        self, method: str, path: str, body: str = "", kind: str = "", accept: str = "text/html"
    ) -> tuple[int, str]:
        """Raises: OSError or HTTPException where the answer was lost."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=REQUEST_SECONDS)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        headers["Accept"] = accept
        headers |= {"Content-Type": kind, "X-CSRFToken": self.token} if kind else {}
        try:
            self._connection.request(method, path, body or None, headers)
            answer = self._connection.getresponse()
            text = answer.read().decode()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            self._connection = None
            raise
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.split(";", 1)[0].partition("=")
            self.cookies[name] = value
        return answer.status, text


class Writer(threading.Thread):
    """Judges until `wanted` judgments and undos of its own are acknowledged.

    ledger: all that it sent. values: by position what it was told last, which is what it believes to hold.
    """

    def __init__(self, browser: Browser, assessor: int, positions: Iterable[int], wanted: int, seed: int) -> None:
        super().__init__(daemon=True)
        self.browser = browser
        self.assessor = assessor
        self.positions = list(positions)
        self.wanted = wanted
        self.chance = random.Random(seed)
        self.ledger: list[Entry] = []
        self.values: dict[int, dict[str, Any] | None] = {}
        self.requests = 0
        self.answers: dict[int, int] = {}
        self.odd: list[str] = []
        self.given_up = 0
        self._late: list[Entry] = []
        self._others: queue.Queue[Entry | None] = queue.Queue()
        self._deadline = time.monotonic() + LONGEST_SECONDS

    @property
    def acknowledged(self) -> int:
        return sum(bool(entry.told) for entry in self.ledger)

    def run(self) -> None:
        """Raises: nothing; what was not understood is in `odd`."""
        self._load()
        twin = self.browser.twin()
        second = threading.Thread(target=self._send_copies, args=(twin,), daemon=True)
        second.start()
        while self.acknowledged < self.wanted and time.monotonic() < self._deadline:
            self._judge_some(min(3, self.wanted - self.acknowledged))
        for entry in self._late:
            self._send_until_told(entry)
        self._others.put(None)
        second.join()

    def _load(self) -> None:
        """What a page knows when it is loaded."""
        while not self.browser.token and time.monotonic() < self._deadline:
            try:
                for one in self.browser.state()["showings"]:
                    self.values[one["position"]] = one["current"]
            except (OSError, http.client.HTTPException, ValueError):
                time.sleep(self.chance.uniform(*RETRY_SECONDS))

    def _judge_some(self, most: int) -> None:
        """Up to three at once: sent one to three times, shuffled, some copies by a second connection, some late."""
        undoes = self.chance.random() < UNDOES
        entries = [self._undo()] if undoes else [self._judgment(at) for at in self._places(most)]
        self.ledger.extend(entries)
        copies = [entry for entry in entries for _ in range(self.chance.randint(1, 3))]
        self.chance.shuffle(copies)
        for entry in copies:
            way = self.chance.random()
            if way < 0.3:
                self._others.put(entry)
            elif way < 0.5:
                self._late.append(entry)
            else:
                self._send(self.browser, entry)
        for entry in entries:
            self._send_until_told(entry)
        self.chance.shuffle(self._late)
        while len(self._late) > self.chance.randint(0, 6):
            self._send(self.browser, self._late.pop())

    def _places(self, most: int) -> list[int]:
        return self.chance.sample(self.positions, min(self.chance.randint(1, 3), most, len(self.positions)))

    def _judgment(self, position: int) -> Entry:
        current = self.values.get(position)
        grade = self.chance.choice((0, 1, 2, 3, None))
        body = {
            "client_id": str(uuid.UUID(int=self.chance.getrandbits(128), version=4)),
            "base": current["client_id"] if current else None,
            "grade": grade,
            "cannot_judge": grade is None,
            "reason": f"{self.assessor} at {position}",
            "seconds": round(self.chance.uniform(0.5, 9.0), 2),
            "assessor": self.assessor,
        }
        return Entry("judgment", self.assessor, position, body)

    def _undo(self) -> Entry:
        body = {"client_id": str(uuid.UUID(int=self.chance.getrandbits(128), version=4)), "assessor": self.assessor}
        return Entry("undo", self.assessor, None, body)

    def _send_until_told(self, entry: Entry) -> None:
        """Send it again until it is acknowledged or refused; sometimes it is given up once an answer was lost."""
        while not entry.told and not entry.was_refused and time.monotonic() < self._deadline:
            if not self._send(self.browser, entry):
                if entry.was_lost and self.chance.random() < GIVES_UP:
                    self.given_up += 1
                    return
                time.sleep(self.chance.uniform(*RETRY_SECONDS))

    def _send_copies(self, browser: Browser) -> None:
        while (entry := self._others.get()) is not None:
            self._send(browser, entry)

    def _send(self, browser: Browser, entry: Entry) -> bool:
        """Whether there was an answer that settles it."""
        entry.sends += 1
        self.requests += 1
        try:
            status, text = browser.send(entry)
        except (OSError, http.client.HTTPException):
            entry.was_lost = True
            return False
        self.answers[status] = self.answers.get(status, 0) + 1
        if status in (200, 201):
            if not entry.told:
                answer = json.loads(text)
                self.values[answer["position"]] = answer["current"]
            entry.told.add(text)
            return True
        if status == 409:
            entry.was_refused = True
            self.values[entry.position or 0] = json.loads(text)["current"]
            return True
        if status == 400 and "nothing-to-undo" in text:
            entry.was_refused = True
            return True
        if status < 500:
            self.odd.append(f"{status} {text[:200]}")
            entry.was_refused = True
            return True
        entry.was_lost = True
        return False
