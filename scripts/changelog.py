"""Put the fragments of docs/changes at the head of CHANGELOG.md under a version, and remove them."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
FRAGMENTS = ROOT / "docs" / "changes"
CHANGELOG = ROOT / "CHANGELOG.md"
INTRODUCTION = "# Changes\n\nWritten for the readers of the reports.\n"


def fragments(folder: Path = FRAGMENTS) -> list[Path]:
    """Return the files of the changes that no release holds yet, in order of name."""
    return sorted(file for file in folder.glob("*.md") if file.name != "README.md")


def released(changelog: str, version: str, changes: list[str]) -> str:
    """Return the changelog with a section of the changes before all others.

    Raises:
        ValueError: There is no change, or the version has a section already.
    """
    if not changes:
        raise ValueError("docs/changes holds no change")
    if f"## {version}\n" in changelog:
        raise ValueError(f"CHANGELOG.md has a section {version} already")
    earlier = changelog.removeprefix(INTRODUCTION)
    bullets = "".join(f"{change.strip()}\n" for change in changes)
    return f"{INTRODUCTION}\n## {version}\n\n{bullets}{earlier}"


def main(version: str) -> None:
    """Write the section of a version, and remove its fragments."""
    files = fragments()
    changes = [file.read_text(encoding="utf-8") for file in files]
    text = released(CHANGELOG.read_text(encoding="utf-8"), version, changes)
    CHANGELOG.write_text(text, encoding="utf-8")
    for file in files:
        file.unlink()
    print(f"{len(files)} changes stand in CHANGELOG.md under {version}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("Usage: python scripts/changelog.py VERSION")
    main(sys.argv[1])
