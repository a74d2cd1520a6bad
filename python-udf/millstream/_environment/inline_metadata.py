"""The `# /// script` block of a file: inline script metadata (PEP 723)."""

from __future__ import annotations

import importlib
import re
from typing import Any

from ..errors import EnvironmentError, ErrorDetails

# The expression of the specification: https://packaging.python.org/en/latest/specifications/inline-script-metadata/
_BLOCK = re.compile(r"(?m)^# /// (?P<type>[a-zA-Z0-9-]+)$\s(?P<content>(^#(| .*)$\s)+)^# ///$")
_KEYS = {"dependencies", "requires-python"}


def inline_metadata(source: str, file: str) -> dict[str, Any] | None:
    """`{dependencies, python, line}` of the block; None where there is none.

    Raises:
        EnvironmentError: ENV_DECLARATION where there are two, one is no TOML, or it says what Millstream
        would not do.
    """
    blocks = [match for match in _BLOCK.finditer(source) if match["type"] == "script"]
    if not blocks:
        return None
    line = source.count("\n", 0, blocks[0].start()) + 1
    if len(blocks) > 1:
        second = source.count("\n", 0, blocks[1].start()) + 1
        raise _refused(
            f"has two `# /// script` blocks, in lines {line} and {second}", file, second, "Keep one."
        )
    lines = blocks[0]["content"].splitlines(keepends=True)
    content = _parse("".join(text[2:] if text.startswith("# ") else text[1:] for text in lines), file, line)
    if "tool" in content and "uv" in content["tool"]:
        raise _refused(
            "has settings of uv in its `# /// script` block, which would not act",
            file,
            line,
            "Take `[tool.uv]` away; indexes are set by UV_DEFAULT_INDEX, UV_INDEX or a uv.toml of yours.",
        )
    unknown = sorted(content.keys() - _KEYS - {"tool"})
    if unknown:
        raise _refused(
            f"has `{unknown[0]}` in its `# /// script` block",
            file,
            line,
            "It takes dependencies and requires-python.",
        )
    return {
        "dependencies": _dependencies(content, file, line),
        "python": _python(content, file, line),
        "line": line,
    }


def _dependencies(content: dict[str, Any], file: str, line: int) -> list[str]:
    dependencies = content.get("dependencies", [])
    if not isinstance(dependencies, list) or not all(isinstance(item, str) for item in dependencies):
        hint = 'Write dependencies = ["numpy==2.1", "regex"].'
        raise _refused("has `dependencies` that are no list of texts", file, line, hint)
    return dependencies


def _python(content: dict[str, Any], file: str, line: int) -> str | None:
    python = content.get("requires-python")
    if python is not None and not isinstance(python, str):
        raise _refused(
            "has a `requires-python` that is no text", file, line, 'Write requires-python = ">=3.11".'
        )
    return python


def _parse(text: str, file: str, line: int) -> dict[str, Any]:
    toml = _toml_reader()
    if toml is None:
        raise _refused(
            "has a `# /// script` block, and this Python (3.10) has no reader of TOML",
            file,
            line,
            "Install tomli into it, or use Python 3.11 or later.",
        )
    try:
        parsed: dict[str, Any] = toml.loads(text)
    except ValueError as error:
        raise _refused(
            f"has a `# /// script` block that is no TOML: {error}", file, line, "Correct it."
        ) from error
    return parsed


def _toml_reader() -> Any:
    """Python 3.11 has one; for 3.10 there are tomli, and pip's own copy of it."""
    for name in ("tomllib", "tomli", "pip._vendor.tomli"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    return None


def _refused(what: str, file: str, line: int, hint: str) -> EnvironmentError:
    details = ErrorDetails(file=file, line=line)
    return EnvironmentError("ENV_DECLARATION", f"The file {file} {what}.", hint=hint, details=details)
