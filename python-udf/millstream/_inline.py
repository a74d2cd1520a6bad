"""Functions whose Python stands in the SQL: `CREATE FUNCTION f(x INT) RETURNS INT LANGUAGE PYTHON AS …`."""

from __future__ import annotations

import ast
import json
import keyword
import linecache
import textwrap
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ._definition import ATTRIBUTE, declare, definition_of
from ._types import parse_type
from ._user_error import user_error
from .errors import UdfError

_PREFIX = "inline:"


def is_inline(target: str) -> bool:
    """True where a target is the function's source, in JSON (core/functions/inline-target.ts)."""
    return target.startswith(_PREFIX)


def load_inline(name: str, target: str) -> Any:
    """The function of an inline target, declared with the types of the SQL.

    The text is an expression, a body that returns, or a module that defines `name`. Tracebacks have the
    lines of the SQL text.

    Raises:
        UdfError: UDF_IMPORT where it does not parse or its module fails, UDF_DECLARATION.
    """
    inline = json.loads(target[len(_PREFIX) :])
    parameters = [parameter["name"] for parameter in inline["parameters"]]
    types = [parse_type(parameter["type"]) for parameter in inline["parameters"]]
    result = parse_type(inline["returns"])
    file = f"<CREATE FUNCTION {name}>"
    text = "\n" * (inline["line"] - 1) + _without_indent(inline["source"])
    linecache.cache[file] = (len(text), None, text.splitlines(keepends=True), file)
    namespace: dict[str, Any] = {"__name__": f"inline_{name}"}
    try:
        tree = ast.parse(text, file)
        defined = _defined_name(name, tree)
        if defined is None:
            tree = _as_function(name, tree, parameters)
        exec(compile(tree, file, "exec", dont_inherit=True), namespace)
    except UdfError:
        raise
    except Exception as error:
        hint = "Correct the text between $$ and $$."
        raise user_error(error, name, "to be made of its text", code="UDF_IMPORT", hint=hint) from error
    function = namespace[defined or name]
    declared = definition_of(function)
    if declared is not None:
        setattr(function, ATTRIBUTE, replace(declared, input_types=tuple(types), result_type=result))
        return function
    return declare(
        "scalar", function, input_types=types, result_type=result, deterministic=None, name=name,
        func_type=None, batch=None, options={},
    )  # fmt: skip


def _without_indent(source: str) -> str:
    first, newline, rest = source.partition("\n")
    return first.strip() + newline + textwrap.dedent(rest)


def _defined_name(name: str, tree: ast.Module) -> str | None:
    """The function or class of the text that has the name, whatever its case; None: the text is a body."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    names = [node.name for node in tree.body if isinstance(node, kinds)]
    return next((found for found in names if found.lower() == name.lower()), None)


def _as_function(name: str, tree: ast.Module, parameters: Sequence[str]) -> ast.Module:
    unusable = [p for p in (name, *parameters) if not p.isidentifier() or keyword.iskeyword(p)]
    if unusable:
        raise UdfError(
            "UDF_DECLARATION",
            f"`{unusable[0]}` of function `{name}` is no name in Python.",
            hint="Give it another name.",
        )
    body = list(tree.body)
    if len(body) == 1 and isinstance(body[0], ast.Expr):
        body = [ast.copy_location(ast.Return(body[0].value), body[0])]
    if not any(isinstance(node, ast.Return) for node in ast.walk(tree)) and not isinstance(
        body[-1] if body else None, ast.Return
    ):
        raise UdfError(
            "UDF_DECLARATION",
            f"The text of function `{name}` returns nothing.",
            hint=f"Write an expression, a body with `return`, or `def {name}(…)`.",
        )
    awaits = any(isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith)) for node in ast.walk(tree))
    head = ast.parse(f"{'async ' if awaits else ''}def {name}({', '.join(parameters)}): pass")
    function: Any = head.body[0]
    function.body = body
    for node in (function, *function.args.args):
        node.lineno = node.end_lineno = body[0].lineno
    return head
