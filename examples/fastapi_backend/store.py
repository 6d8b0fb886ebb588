"""`Store`: customers, their appointments, and what calls came to, in SQLite.

Several processes may share its file: what must happen once is decided by a unique key, not by looking first.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime
from threading import Lock
from typing import Any

_TABLES = """
CREATE TABLE IF NOT EXISTS customers (phone TEXT PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS appointments (starts TEXT PRIMARY KEY, phone TEXT NOT NULL, service TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS requests (reference TEXT PRIMARY KEY, call_id TEXT);
CREATE TABLE IF NOT EXISTS calls (
    id TEXT PRIMARY KEY, status TEXT, ended_reason TEXT, cost REAL, summary TEXT, hangs INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS lines (call_id TEXT NOT NULL, at REAL, role TEXT NOT NULL, text TEXT NOT NULL);
"""


class Store:
    """One database. Its methods take well under a millisecond and may be called from any thread.

    Args:
        path: Its file; ":memory:" for one that is gone afterwards.
    """

    def __init__(self, path: str = ":memory:") -> None:
        self._connection = sqlite3.connect(path, timeout=5.0, check_same_thread=False, isolation_level=None)
        self._connection.row_factory = sqlite3.Row
        self._lock = Lock()
        self._connection.executescript(_TABLES)

    def close(self) -> None:
        """Close the database."""
        self._connection.close()

    def add_customer(self, phone: str, name: str) -> None:
        """Add a customer, or rename one."""
        self._run("INSERT INTO customers VALUES (?, ?) ON CONFLICT DO UPDATE SET name = excluded.name", phone, name)

    def customer(self, phone: str) -> str | None:
        """Return the name of a customer; None if there is none with this number."""
        return next((row["name"] for row in self._run("SELECT name FROM customers WHERE phone = ?", phone)), None)

    def book(self, starts: datetime, phone: str, service: str) -> bool:
        """Book an appointment, or change what one's own is for; return False if that time is somebody else's."""
        moment = _text(starts)
        query = """INSERT INTO appointments VALUES (?, ?, ?) ON CONFLICT DO UPDATE
            SET service = excluded.service WHERE appointments.phone = excluded.phone"""
        self._run(query, moment, phone, service)
        return [row["phone"] for row in self._run("SELECT phone FROM appointments WHERE starts = ?", moment)] == [phone]

    def appointments(self, phone: str, after: datetime) -> list[tuple[datetime, str]]:
        """Return the (start, service) of a customer's appointments after a moment, the first one first."""
        query = "SELECT starts, service FROM appointments WHERE phone = ? AND starts > ? ORDER BY starts"
        rows = self._run(query, phone, _text(after))
        return [(datetime.fromisoformat(row["starts"]), row["service"]) for row in rows]

    def taken(self, times: Iterable[datetime]) -> set[datetime]:
        """Return those of the times that are booked."""
        by_text = {_text(time): time for time in times}
        marks = ", ".join("?" * len(by_text))
        rows = self._run(f"SELECT starts FROM appointments WHERE starts IN ({marks})", *by_text)
        return {by_text[row["starts"]] for row in rows}

    def claim(self, reference: str) -> bool:
        """Take a reference for a call that is about to be placed; return False if somebody has it."""
        query = "INSERT INTO requests VALUES (?, NULL) ON CONFLICT DO NOTHING RETURNING reference"
        return bool(self._run(query, reference))

    def placed(self, reference: str, call_id: str) -> None:
        """Keep which call was placed for a reference."""
        self._run("UPDATE requests SET call_id = ? WHERE reference = ?", call_id, reference)

    def unclaim(self, reference: str) -> None:
        """Give a reference back, since no call was placed for it."""
        self._run("DELETE FROM requests WHERE reference = ?", reference)

    def call_for(self, reference: str) -> str | None:
        """Return the id of the call that was placed for a reference."""
        rows = self._run("SELECT call_id FROM requests WHERE reference = ?", reference)
        return rows[0]["call_id"] if rows else None

    def set_status(self, call_id: str, status: str, ended_reason: str | None) -> None:
        """Keep the status of a call; "ended" is final, whatever arrives late."""
        query = """INSERT INTO calls (id, status, ended_reason) VALUES (?, ?, ?) ON CONFLICT DO UPDATE
            SET status = excluded.status, ended_reason = excluded.ended_reason WHERE calls.status IS NOT 'ended'"""
        self._run(query, call_id, status, ended_reason)

    def add_report(self, call_id: str, ended_reason: str, cost: float | None, summary: str | None) -> None:
        """Keep what a call came to."""
        query = """INSERT INTO calls (id, status, ended_reason, cost, summary) VALUES (?, 'ended', ?, ?, ?)
            ON CONFLICT DO UPDATE SET status = 'ended', ended_reason = excluded.ended_reason, cost = excluded.cost,
            summary = excluded.summary"""
        self._run(query, call_id, ended_reason, cost, summary)

    def add_hang(self, call_id: str) -> None:
        """Count that the assistant was silent for too long."""
        self._run("INSERT INTO calls (id, hangs) VALUES (?, 1) ON CONFLICT DO UPDATE SET hangs = hangs + 1", call_id)

    def add_line(self, call_id: str, at: float | None, role: str, text: str) -> None:
        """Keep what was said; `at` is when, for the order."""
        self._run("INSERT INTO lines VALUES (?, ?, ?, ?)", call_id, at, role, text)

    def call(self, call_id: str) -> dict[str, Any] | None:
        """Return what is known of a call: status, ended_reason, cost, summary, hangs and transcript."""
        found = self._run("SELECT * FROM calls WHERE id = ?", call_id)
        lines = self._run("SELECT role, text FROM lines WHERE call_id = ? ORDER BY at, rowid", call_id)
        return {**dict(found[0]), "transcript": [dict(line) for line in lines]} if found else None

    def _run(self, query: str, *values: Any) -> list[sqlite3.Row]:
        with self._lock:
            return self._connection.execute(query, values).fetchall()


def _text(moment: datetime) -> str:
    """Return a moment as it is stored: in one zone, so that texts compare as moments do."""
    return moment.astimezone(UTC).isoformat(timespec="seconds")
