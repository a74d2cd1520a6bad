"""`python -m millstream._check check|list FILE[:FUNCTION]`: of `millstream udf check` and `list`."""

from __future__ import annotations

import sys
from pathlib import Path

from ..errors import MillstreamError
from .check import check_file
from .listing import list_file

_JOBS = {".sql", ".yaml", ".yml", ".json", ".js", ".mjs", ".ts", ".mts"}


def main(command: str, target: str) -> int:
    """The exit code: 1 where something was found."""
    name, _, function = target.partition(".py:")
    file = Path(f"{name}.py" if function else target).resolve()
    if not file.is_file():
        print(f"Error UDF_FILE: {file} does not exist.", file=sys.stderr)
        return 2
    if file.suffix in _JOBS:
        print(f"Error UDF_FILE: {file} is a job, not a Python file with functions.", file=sys.stderr)
        print(
            f"`millstream check {target}` plans the job and loads its functions; "
            f"`millstream udf {command}` takes the Python files that they are in.",
            file=sys.stderr,
        )
        return 2
    if command == "list":
        return _list(file)
    names, findings = check_file(file, function or None)
    for finding in findings:
        print(finding)
    count = f"{len(names)} function{'' if len(names) == 1 else 's'}"
    found = f"{len(findings)} finding{'' if len(findings) == 1 else 's'}" if findings else "nothing found"
    print(f"{file.name}: {count} checked, {found}", file=sys.stderr)
    return 1 if findings else 0


def _list(file: Path) -> int:
    try:
        lines = list_file(file)
    except MillstreamError as error:
        print(f"Error {error.code}: {error}\n{error.details.traceback or ''}".rstrip(), file=sys.stderr)
        return 1
    for line in lines:
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
