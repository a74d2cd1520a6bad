"""All checks of one file."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from .. import _pyflink
from .._types import DataType
from ..errors import MillstreamError
from .calls import blocking_calls, naive_clocks
from .captures import unpicklable_captures
from .finding import Finding
from .functions import declared, import_file, place_of, specified
from .imports import missing_imports

_PEP_723 = "# /// script"


def check_file(file: Path, only: str | None = None) -> tuple[list[str], list[Finding]]:
    """The functions that were checked, and what was found, by line. Imports the file, as a job does."""
    _pyflink.install()
    sys.path.insert(0, str(file.parent))
    text = file.read_text()
    try:
        tree = ast.parse(text, str(file))
    except SyntaxError as error:
        return [], [Finding(str(file), error.lineno or 1, "UDF_IMPORT", f"{error.msg}.")]
    # A file that brings its own environment is imported in that one.
    findings = set() if _PEP_723 in text else set(missing_imports(str(file), tree))
    findings |= set(blocking_calls(str(file), tree))
    names: list[str] = []
    try:
        for name, value in declared(import_file(file), only):
            names.append(name)
            findings |= set(_of_function(file, tree, name, value))
    except MillstreamError as error:
        if not (error.code == "UDF_IMPORT" and findings):
            findings.add(_from_error(file, error))
    return names, sorted(findings)


def _of_function(file: Path, tree: ast.Module, name: str, value: Any) -> Iterator[Finding]:
    try:
        spec = specified(name, value)
    except MillstreamError as error:
        yield _from_error(file, error)
        return
    yield from unpicklable_captures(name, spec.definition.target)
    node = _node_at(tree, place_of(value)["line"])
    if node is not None and _has_moment(spec.result):
        yield from naive_clocks(str(file), tree, node, name)


def _from_error(file: Path, error: MillstreamError) -> Finding:
    place = error.details.file or str(file)
    return Finding(place, error.details.line or 1, error.code, error.message, error.hint)


def _node_at(tree: ast.Module, line: int | None) -> ast.AST | None:
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
            if first == line:
                return node
    return None


def _has_moment(t: DataType) -> bool:
    inner = [t.element, t.key, t.value, *(field.type for field in t.fields)]
    return t.kind == "TIMESTAMP_LTZ" or any(_has_moment(part) for part in inner if part is not None)
