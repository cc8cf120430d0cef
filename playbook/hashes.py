"""Content hashes of files, kept with what tells that a file is still the same.

A file of the same size, modification time and inode is not read again, unless it was changed so
shortly before it was last hashed that its time could not tell a later change.
"""

import hashlib
import json
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

RESOLUTION_NS = 2_000_000_000
"""The coarsest clock of a file system in use: FAT counts two seconds."""


def file_digest(path: Path) -> str:
    """Hash the content of a file: its sha256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def digest(content: Any) -> str:
    """Hash plain JSON types; the order of keys does not matter."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


class Hashes:
    """Hashes of files by path, and facts that follow from them, kept in a file."""

    def __init__(self, kept_in: Path) -> None:
        """Read what is kept; nothing where the file is absent or cannot be read."""
        self._kept_in = kept_in
        self._changed = False
        self._entries, self._facts = _read(kept_in)

    def __call__(self, path: Path) -> str:
        """Hash a file, from memory where it is still the same.

        Raises:
            OSError: The file cannot be read.
        """
        stat = path.stat()
        now = [stat.st_size, stat.st_mtime_ns, stat.st_ino]
        key = str(path)
        entry = self._entries.get(key)
        if entry is not None and entry[:3] == now and entry[3] - stat.st_mtime_ns > RESOLUTION_NS:
            return str(entry[4])
        hashed_at = time.time_ns()
        content = file_digest(path)
        self._entries[key] = [*now, hashed_at, content]
        self._changed = True
        return content

    def fact(self, key: str) -> Any:
        """Return what was remembered; None if nothing was."""
        return self._facts.get(key)

    def remember(self, key: str, value: Any) -> None:
        """Remember a plain JSON value; the key should hold the hash from which it follows."""
        self._facts[key] = value
        self._changed = True

    def write(self) -> None:
        """Keep hashes and facts, whole or not at all; nothing is written where none is new.

        Where the file cannot be written, the next time hashes anew: slower, and not wrong.
        """
        if self._changed:
            with suppress(OSError):
                self._write()

    def _write(self) -> None:
        self._kept_in.parent.mkdir(parents=True, exist_ok=True)
        part = self._kept_in.with_name(f"{self._kept_in.name}.{os.getpid()}.part")
        content = {"files": self._entries, "facts": self._facts}
        try:
            part.write_text(json.dumps(content), encoding="utf-8")
            part.replace(self._kept_in)
        finally:
            part.unlink(missing_ok=True)


def _read(file: Path) -> tuple[dict[str, list[Any]], dict[str, Any]]:
    try:
        kept = json.loads(file.read_text(encoding="utf-8"))
        return {**kept["files"]}, {**kept["facts"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}, {}
