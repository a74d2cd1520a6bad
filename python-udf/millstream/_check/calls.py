"""Calls that do harm where they stand: blocking ones in async functions, clocks without a zone."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from .finding import Finding

_BLOCKING = {
    "time.sleep": "await asyncio.sleep(…)",
    "open": "await asyncio.to_thread(…)",
    "input": "a parameter",
    "urllib.request.urlopen": "an asynchronous HTTP client",
    "socket.create_connection": "await asyncio.open_connection(…)",
    "subprocess.run": "await asyncio.create_subprocess_exec(…)",
    "subprocess.call": "await asyncio.create_subprocess_exec(…)",
    "subprocess.check_output": "await asyncio.create_subprocess_exec(…)",
    "os.system": "await asyncio.create_subprocess_exec(…)",
    "sqlite3.connect": "await asyncio.to_thread(…)",
    **dict.fromkeys(
        [f"requests.{verb}" for verb in ("get", "post", "put", "patch", "delete", "head", "request")]
        + [f"httpx.{verb}" for verb in ("get", "post", "put", "patch", "delete", "head", "request")],
        "an asynchronous HTTP client",
    ),
}
_NAIVE = ("datetime.utcnow", "datetime.utcfromtimestamp", "datetime.today")
_NAIVE_WITHOUT_ZONE = {"datetime.now": 1, "datetime.fromtimestamp": 2, "datetime.combine": 3}


def blocking_calls(file: str, tree: ast.Module) -> Iterator[Finding]:
    """Calls in `async def` that keep the event loop from everything else."""
    names = _full_names(tree)
    for function in ast.walk(tree):
        if not isinstance(function, ast.AsyncFunctionDef):
            continue
        for call in _own_calls(function):
            called = _called(call, names)
            if called in _BLOCKING:
                yield Finding(
                    file,
                    call.lineno,
                    "BLOCKING_CALL",
                    f"`{called}` blocks the event loop: no other row of `{function.name}` goes on meanwhile.",
                    f"Use {_BLOCKING[called]} instead.",
                )


def naive_clocks(file: str, tree: ast.Module, function: ast.AST, name: str) -> Iterator[Finding]:
    """Naive datetimes made in a function whose result is TIMESTAMP_LTZ, a moment."""
    names = _full_names(tree)
    for call in ast.walk(function):
        if not isinstance(call, ast.Call):
            continue
        called = _called(call, names).removeprefix("datetime.")
        arguments = len(call.args) + len(call.keywords)
        if called in _NAIVE or arguments < _NAIVE_WITHOUT_ZONE.get(called, 0):
            yield Finding(
                file,
                call.lineno,
                "NAIVE_DATETIME",
                f"`{called}` gives a datetime without a zone, and the result of `{name}` is TIMESTAMP_LTZ.",
                "Give the zone, for example datetime.now(timezone.utc).",
            )


def _own_calls(function: ast.AST) -> Iterator[ast.Call]:
    """Calls in a function and not in those defined inside it."""
    for child in ast.iter_child_nodes(function):
        if isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            continue
        if isinstance(child, ast.Call):
            yield child
        yield from _own_calls(child)


def _full_names(tree: ast.Module) -> dict[str, str]:
    """What imported names stand for: `sleep` → `time.sleep`."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update({a.asname: a.name for a in node.names if a.asname is not None})
        elif isinstance(node, ast.ImportFrom):
            names.update({a.asname or a.name: f"{node.module}.{a.name}" for a in node.names})
    return names


def _called(call: ast.Call, names: dict[str, str]) -> str:
    text = ast.unparse(call.func) if isinstance(call.func, (ast.Name, ast.Attribute)) else ""
    head, dot, rest = text.partition(".")
    return names.get(head, head) + dot + rest
