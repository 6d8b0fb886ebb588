"""A file that what is stored is kept in, so that a sandbox goes on after a restart with what it had: SQLite."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from .http_values import Upload

_TABLES = """
CREATE TABLE IF NOT EXISTS objects (collection TEXT, id TEXT, number INTEGER, value TEXT, PRIMARY KEY (collection, id));
CREATE TABLE IF NOT EXISTS files (id TEXT PRIMARY KEY, filename TEXT, media_type TEXT, data BLOB);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT);
"""


class Persistence:
    """A SQLite file.

    Args:
        path: where it is; made if it is not there.

    Raises:
        ValueError: it cannot be opened, or is something else.
    """

    def __init__(self, path: str | Path) -> None:
        try:
            self._database = _opened(path)
        except sqlite3.Error as error:
            raise ValueError(f"persist: cannot use {path}: {error}") from error

    def objects(self) -> Iterator[tuple[str, dict[str, Any], int]]:
        """Return the objects that are kept: collection, object and number, in the order they came."""
        rows = self._database.execute("SELECT collection, value, number FROM objects ORDER BY number").fetchall()
        return ((collection, json.loads(value), number) for collection, value, number in rows)

    def put(self, collection: str, id: str, number: int, content: bytes) -> None:  # noqa: A002
        """Keep an object, in place of the one with its id."""
        self._database.execute(
            "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?)", (collection, id, number, content.decode())
        )

    def remove(self, collection: str, id: str) -> None:  # noqa: A002
        """Forget an object, and what is nested below it."""
        self._database.execute("DELETE FROM objects WHERE collection = ? AND id = ?", (collection, id))
        below = f"{collection}/{id}/"
        self._database.execute("DELETE FROM objects WHERE substr(collection, 1, ?) = ?", (len(below), below))

    def files(self) -> Iterator[tuple[str, Upload]]:
        """Return the uploaded files that are kept, by id."""
        for id, *upload in self._database.execute("SELECT id, filename, media_type, data FROM files"):  # noqa: A001
            yield id, Upload(*upload)

    def put_file(self, id: str, upload: Upload) -> None:  # noqa: A002
        """Keep an uploaded file."""
        row = (id, upload.filename, upload.media_type, upload.data)
        self._database.execute("INSERT OR REPLACE INTO files VALUES (?, ?, ?, ?)", row)

    def remove_file(self, id: str) -> None:  # noqa: A002
        """Forget an uploaded file."""
        self._database.execute("DELETE FROM files WHERE id = ?", (id,))

    def fact(self, name: str, default: str) -> str:
        """Return a text that is kept by a name; the default is kept if there is none."""
        self._database.execute("INSERT OR IGNORE INTO facts VALUES (?, ?)", (name, default))
        with closing(self._database.execute("SELECT value FROM facts WHERE name = ?", (name,))) as rows:
            return str(rows.fetchone()[0])

    def count(self, name: str) -> int:
        """Return how often this was asked of a name before."""
        before = int(self.fact(name, "0"))
        self._database.execute("UPDATE facts SET value = ? WHERE name = ?", (str(before + 1), name))
        return before

    def close(self) -> None:
        """Close the file."""
        self._database.close()


def _opened(path: str | Path) -> sqlite3.Connection:
    # Requests of one event loop come one after the other, but a test may have several loops in threads.
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        database.execute("PRAGMA journal_mode = WAL")
        # What is lost when the machine itself goes down may be lost: a process that ends loses nothing.
        database.execute("PRAGMA synchronous = OFF")
        database.executescript(_TABLES)
    except sqlite3.Error:
        database.close()
        raise
    return database
