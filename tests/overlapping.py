"""Two transactions of which the second begins before the first is committed, always in the same order."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue

from django.db import connection, transaction

Act = Callable[[], object]


def second_during_first(first: Act, second: Act) -> list[object]:
    """What each gave, an exception where it raised one.

    The second begins once the first has done all but its commit, which comes when the second waits for it, or is done.
    """
    backends: SimpleQueue[int] = SimpleQueue()

    def apart() -> object:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                backends.put(cursor.fetchone()[0])
            return second()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as other:
        try:
            with transaction.atomic():
                gave: object = first()
                later = other.submit(apart)
                _wait_until_it_waits_or_is_done(later, backends.get())
        except Exception as error:
            gave = error
        return [gave, later.exception() or later.result()]


def _wait_until_it_waits_or_is_done(later: Future[object], backend: int) -> None:
    with connection.cursor() as cursor:
        waits = False
        while not waits and not later.done():
            cursor.execute("SELECT count(*) > 0 FROM pg_locks WHERE pid = %s AND NOT granted", [backend])
            waits = cursor.fetchone()[0]
