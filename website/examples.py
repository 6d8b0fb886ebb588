"""The pages of the examples: the index, and one for each script."""

from __future__ import annotations

import posixpath
from pathlib import Path

_FOLDER = "examples"


def pages(root: Path) -> dict[str, str]:
    """The pages of the examples: path in the repository -> text."""
    folder = root / _FOLDER
    scripts = [path for path in sorted(folder.rglob("*.py")) if path.stat().st_size and "_vapi" not in path.parts]
    texts = {path.relative_to(root).as_posix(): _script(path, path.relative_to(root)) for path in scripts}
    for readme in folder.rglob("README.md"):
        texts[readme.relative_to(root).as_posix()] = readme.read_text(encoding="utf-8")
    for inner in [folder, *folder.rglob("*/")]:
        if inner.name not in ("__pycache__", "_vapi"):
            texts.setdefault(f"{inner.relative_to(root).as_posix()}/README.md", _folder(inner, root, set(texts)))
    return texts


def place(source: str) -> str | None:
    """Where a file or folder of the examples is on the site."""
    if not f"{source}/".startswith(f"{_FOLDER}/"):
        return None
    head, extension = posixpath.splitext(source)
    if extension == ".py":
        return f"{head}.py.md"
    if posixpath.basename(source) == "README.md":
        return posixpath.join(posixpath.dirname(source), "index.md")
    return None if extension else f"{source}/index.md"


def _script(path: Path, name: Path) -> str:
    return f"# `{name.as_posix()}`\n\n````python\n{path.read_text(encoding='utf-8').rstrip()}\n````\n"


def _folder(folder: Path, root: Path, linked: set[str]) -> str:
    lines = [f"# `{folder.relative_to(root).as_posix()}`", ""]
    for path in sorted(folder.iterdir()):
        if path.is_dir() and not path.name.startswith("_"):
            lines.append(f"- [{path.name}/]({path.name}/README.md)")
        elif path.is_file() and path.stat().st_size:
            has_page = path.relative_to(root).as_posix() in linked
            lines.append(f"- [{path.name}]({path.name})" if has_page else f"- `{path.name}`")
    return "\n".join([*lines, ""])
