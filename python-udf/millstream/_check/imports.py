"""Imports of modules that are not there, also inside functions, where they fail in the midst of a job."""

from __future__ import annotations

import ast
import importlib.util
from collections.abc import Iterator

from .finding import Finding


def missing_imports(file: str, tree: ast.Module) -> Iterator[Finding]:
    """One finding for each module that cannot be found. Imports whose failure is caught, or that are only for
    type checkers, are left out."""
    for node in _imports(tree):
        names = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""]
        for name in names:
            if not _is_there(name.partition(".")[0]):
                yield Finding(
                    file,
                    node.lineno,
                    "MISSING_MODULE",
                    f"there is no module `{name}` in this Python.",
                    "Install its package, or name another interpreter with MILLSTREAM_PYTHON.",
                )


def _imports(node: ast.AST) -> Iterator[ast.Import | ast.ImportFrom]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import) or (isinstance(child, ast.ImportFrom) and child.level == 0):
            yield child
        elif isinstance(child, ast.Try) and any(_catches_imports(handler) for handler in child.handlers):
            for handler in [*child.handlers, *child.orelse, *child.finalbody]:
                yield from _imports(handler)
        elif not (isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)):
            yield from _imports(child)


def _catches_imports(handler: ast.ExceptHandler) -> bool:
    caught = "Exception" if handler.type is None else ast.unparse(handler.type)
    return any(name in caught for name in ("ImportError", "ModuleNotFoundError", "Exception"))


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False
