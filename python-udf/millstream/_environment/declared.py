"""What a Python file declares about its dependencies, read from its text: nothing of it is run."""

from __future__ import annotations

import ast
import hashlib
from pathlib import Path
from typing import Any

from ..errors import EnvironmentError, ErrorDetails
from .inline_metadata import inline_metadata
from .say import Say

_OPTIONS = ("packages", "python")


def declared_dependencies(*, say: Say, file: str) -> dict[str, Any]:
    """The inline metadata of a file, and the options `packages` and `python` of the functions in it.

    Functions are named by their path in the module (`score`, `Model.score`).

    Raises:
        EnvironmentError: ENV_DECLARATION for metadata that cannot be read. A function's own faults are given
        as its `problem`, as another function may be asked for.
    """
    source = Path(file).read_text(encoding="utf-8")
    return {
        "sha256": hashlib.sha256(source.encode()).hexdigest(),
        "metadata": inline_metadata(source, file),
        "functions": _functions(source, file),
    }


def _functions(source: str, file: str) -> dict[str, Any]:
    try:
        tree = ast.parse(source)
    except SyntaxError:
        # Importing it will say so, with the place.
        return {}
    constants = _constants(tree)
    found: dict[str, Any] = {}
    for path, line, call in _declaring_calls(tree, ""):
        given = {k.arg: k.value for k in call.keywords if k.arg is not None and k.arg in _OPTIONS}
        if given:
            found[path] = _declaration(given, constants, path, file, line)
    return found


def _declaring_calls(node: ast.AST, prefix: str) -> list[tuple[str, int, ast.Call]]:
    """(path, line, call) of decorators with arguments, and of `name = udf(…)`."""
    calls = []
    for child in getattr(node, "body", []):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for decorator in child.decorator_list:
                if isinstance(decorator, ast.Call):
                    calls.append((prefix + child.name, decorator.lineno, decorator))
            if isinstance(child, ast.ClassDef):
                calls += _declaring_calls(child, f"{prefix}{child.name}.")
        elif isinstance(child, ast.Assign) and isinstance(child.value, ast.Call):
            # `udf(…)(function)` declares by the inner call.
            call = child.value.func if isinstance(child.value.func, ast.Call) else child.value
            for target in child.targets:
                if isinstance(target, ast.Name):
                    calls.append((prefix + target.id, child.lineno, call))
    return calls


def _declaration(
    given: dict[str, ast.expr], constants: dict[str, Any], path: str, file: str, line: int
) -> dict[str, Any]:
    declaration: dict[str, Any] = {"packages": None, "python": None, "line": line, "problem": None}
    try:
        for name, node in given.items():
            value = _value(node, constants)
            if name == "packages" and value is not None:
                if isinstance(value, str) or not all(isinstance(item, str) for item in value):
                    raise TypeError
                value = list(value)
            elif value is not None and not isinstance(value, str):
                raise TypeError
            declaration[name] = value
    except (ValueError, TypeError):
        declaration["problem"] = EnvironmentError(
            "ENV_DECLARATION",
            f"The option `{name}` of function `{path}` cannot be read without running its file.",
            hint="Write it out, packages=['numpy==2.1'] and python='3.12', or name a constant that is "
            "written out in the same file: the environment has to be there before the file is imported.",
            details=ErrorDetails(function=path, file=file, line=line),
        ).to_wire()
    return declaration


def _constants(tree: ast.Module) -> dict[str, Any]:
    """Names that are assigned a literal at the top level."""
    constants: dict[str, Any] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign):
            for target in statement.targets:
                if isinstance(target, ast.Name):
                    try:
                        constants[target.id] = ast.literal_eval(statement.value)
                    except (ValueError, TypeError):
                        constants.pop(target.id, None)
    return constants


def _value(node: ast.expr, constants: dict[str, Any]) -> Any:
    """A literal, a constant, or lists of both; raises ValueError for anything else."""
    if isinstance(node, ast.Name):
        if node.id not in constants:
            raise ValueError(node.id)
        return constants[node.id]
    if isinstance(node, (ast.List, ast.Tuple)):
        items: list[Any] = []
        for item in node.elts:
            if isinstance(item, ast.Starred):
                items += _value(item.value, constants)
            else:
                items.append(_value(item, constants))
        return items
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _value(node.left, constants) + _value(node.right, constants)
    return ast.literal_eval(node)
