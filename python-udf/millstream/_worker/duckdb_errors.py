"""DuckDB's error texts (1.5) → errors of the tree: which file, which line, what to do.

By text and not by class, because an error that arises while results are fetched comes as an Arrow error.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from dataclasses import dataclass

from ..errors import (
    CancelledError,
    ErrorDetails,
    InternalError,
    MillstreamError,
    ResourceError,
    SinkError,
    SourceError,
    SqlError,
)


@dataclass(frozen=True)
class QueryPlace:
    """What of a query decides how its errors are told."""

    sink_path: str | None
    temporary_directory: str
    memory_limit_bytes: int


def translate_duckdb_error(error: BaseException, place: QueryPlace) -> MillstreamError:
    """The error for an exception that DuckDB raised, in execution or through an Arrow stream."""
    text = str(error)
    for pattern, build in _RULES:
        match = pattern.search(text)
        if match is not None:
            return build(match, text, place)
    return InternalError(
        "RELATIONAL_INTERNAL",
        f"DuckDB refused a query that Millstream made: {_first_line(text)}",
        hint="This is a defect of Millstream; please report it with the statement.",
        details=ErrorDetails(traceback=text),
    )


def _no_files(match: re.Match[str], text: str, place: QueryPlace) -> MillstreamError:
    path = match["path"]
    return SourceError(
        "SOURCE_NOT_FOUND",
        f"No file matches {path!r}.",
        hint="Relative paths are resolved against the working directory; check the table's `path`.",
        details=ErrorDetails(file=path),
    )


def _csv_row(match: re.Match[str], text: str, place: QueryPlace) -> MillstreamError:
    file = re.search(r"^  file = (.*)$", text, re.MULTILINE)
    path = None if file is None else file[1]
    original = re.search(r"^Original Line: (.*)$", text, re.MULTILINE)
    conversion = re.search(
        r'Error when converting column "(.*?)"\. Could not convert string "(.*?)" to \'(.*?)\'',
        text,
        re.DOTALL,
    )
    columns = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", text)
    if conversion is not None:
        reason = f"column `{conversion[1]}` is {conversion[2]!r}, which is no {conversion[3]}"
    elif columns is not None:
        reason = f"it has {columns[2]} columns and the table has {columns[1]}"
    else:
        reason = _last_line_before_advice(text)
    return SourceError(
        "SOURCE_ROW",
        f"Line {match['line']} of {path} does not fit the table: {reason}.",
        hint="Correct the line or the table's columns, or leave such lines out: 'csv.ignore-parse-errors'.",
        details=ErrorDetails(
            file=path,
            line=int(match["line"]),
            values=None if conversion is None else {conversion[1]: conversion[2]},
            traceback=None if original is None else original[1],
        ),
    )


def _json_row(match: re.Match[str], text: str, place: QueryPlace) -> MillstreamError:
    # DuckDB 1.5 has already counted the line that it cannot parse, but not one that it cannot convert.
    line = int(match["line"]) - ("Malformed JSON" in text)
    reason = match["reason"].strip().rstrip(".")
    return SourceError(
        "SOURCE_ROW",
        f"Line {line} of {match['path']} does not fit the table: {reason}.",
        hint="Correct the line or the table's columns, or leave such lines out: 'json.ignore-parse-errors'.",
        details=ErrorDetails(file=match["path"], line=line),
    )


def _corrupt(match: re.Match[str], text: str, place: QueryPlace) -> MillstreamError:
    path = match["path"]
    return SourceError(
        "SOURCE_CORRUPT",
        f"{path} cannot be read: {_without_prefix(text)}.",
        hint="The file is damaged, still being written, or of another format than the table's `format`.",
        details=ErrorDetails(file=path),
    )


def _missing_column(match: re.Match[str], text: str, place: QueryPlace) -> MillstreamError:
    candidates = match.groupdict().get("candidates")
    near = "" if candidates is None else f" They have: {candidates.strip()}."
    return SourceError(
        "SOURCE_COLUMN",
        f"The files have no column {match['name']!r}.{near}",
        hint="Declare the table's columns by the names in its files.",
    )


def _file_system(match: re.Match[str], text: str, place: QueryPlace) -> MillstreamError:
    path, reason = match["path"], match["reason"].strip()
    details = ErrorDetails(file=path)
    if path.startswith(place.temporary_directory):
        return ResourceError(
            "RELATIONAL_SPILL",
            f"The temporary file {path} cannot be used: {reason}.",
            hint="Make room on that disk, or set another folder for temporary files.",
            details=details,
        )
    if place.sink_path is not None and (path == place.sink_path or "Could not write" in text):
        folder = os.path.dirname(path)
        return SinkError(
            "SINK_WRITE",
            f"The folder {folder} cannot be written: {reason}.",
            hint="Nothing of the output is kept. Make room, or check the folder's rights, and run it again.",
            details=ErrorDetails(file=folder),
        )
    return SourceError(
        "SOURCE_READ", f"{path} cannot be read: {reason}.", hint="Check the file's rights.", details=details
    )


def _disk_limit(match: re.Match[str], text: str, place: QueryPlace) -> MillstreamError:
    return ResourceError(
        "SPILL_FULL",
        f"The query needs more temporary disk than it may use: {_without_prefix(text)}.",
        hint="Raise millstream.temporary.disk, or give the query more memory (millstream.relational.memory).",
    )


def _out_of_memory(match: re.Match[str], text: str, place: QueryPlace) -> MillstreamError:
    limit = place.memory_limit_bytes >> 20
    return ResourceError(
        "RELATIONAL_MEMORY",
        f"The query needs more than its {limit} MiB of memory: {_without_prefix(text)}.",
        hint="Raise the memory of the relational worker, or lower its threads.",
    )


def _interrupted(match: re.Match[str], text: str, place: QueryPlace) -> MillstreamError:
    return CancelledError("CANCELLED", "The query was cancelled.")


def _null(match: re.Match[str], text: str, place: QueryPlace) -> MillstreamError:
    return SqlError(
        "SQL_NOT_NULL",
        f"Column {match['column']} of table {match['table']} is NOT NULL, "
        f"and a row has NULL there: {match['row']}.",
        hint="Give it a value by COALESCE, or leave such rows out: "
        "SET 'table.exec.sink.not-null-enforcer' = 'DROP'.",
    )


def _builtin(match: re.Match[str], text: str, place: QueryPlace) -> MillstreamError:
    return SqlError(
        "SQL_EXECUTION",
        f"{match['message'].strip().rstrip('.')}.",
        hint="Leave such rows out by WHERE, or give them another value by CASE.",
    )


_ONE_ROW = "Take one row by LIMIT 1, or by an aggregate such as MAX(…)."


def _several_rows(match: re.Match[str], text: str, place: QueryPlace) -> MillstreamError:
    return SqlError(
        "SQL_EXECUTION",
        "A subquery used as a value gave more than one row.",
        hint=_ONE_ROW,
    )


_REMEDIES = {
    "Cannot cast": "TRY_CAST gives NULL for such values.",
    "Division by zero": "Divide by NULLIF(divisor, 0) to get NULL for such rows.",
    "more than one row": _ONE_ROW,
}


def _value(code: str) -> Callable[[re.Match[str], str, QueryPlace], MillstreamError]:
    def build(match: re.Match[str], text: str, place: QueryPlace) -> MillstreamError:
        said = next((hint for reason, hint in _REMEDIES.items() if reason in text), None)
        hint = said or (_REMEDIES["Cannot cast"] if code == "SQL_CAST" else None)
        message, details = _placed(_without_prefix(text))
        return SqlError(code, f"{message}.", hint=hint, details=details)

    return build


def _placed(message: str) -> tuple[str, ErrorDetails]:
    """The message without the place, `@line:column+length `, that the core wrote before it."""
    place = re.match(r"@(\d+):(\d+)\+(\d+) ", message)
    if place is None:
        return message, ErrorDetails()
    line, column, length = (int(number) for number in place.groups())
    return message[place.end() :], ErrorDetails(line=line, column=column, length=length)


_RULES: list[tuple[re.Pattern[str], Callable[[re.Match[str], str, QueryPlace], MillstreamError]]] = [
    (re.compile(pattern, re.DOTALL), build)
    for pattern, build in (
        (r"INTERRUPT Error", _interrupted),
        (r'No files found that match the pattern "(?P<path>[^"]*)"', _no_files),
        (r"CSV Error on Line: (?P<line>\d+)", _csv_row),
        (
            r'JSON[^"\n]*in file "(?P<path>[^"]*)",[^\n]*?in line (?P<line>\d+): (?P<reason>[^\n]*)',
            _json_row,
        ),
        (
            r"""(?:Footer length error in file|No magic bytes found at end of file) '(?P<path>[^']*)'""",
            _corrupt,
        ),
        (r"File '(?P<path>[^']*)' too small to be a Parquet file", _corrupt),
        (r'Failed to read file "(?P<path>[^"]*)"', _corrupt),
        (
            r'IO Error: (?:Cannot open|Could not [\w ]+) file "(?P<path>[^"]*)": (?P<reason>[^\n]*)',
            _file_system,
        ),
        (r"max_temp_directory_size", _disk_limit),
        (r"Out of Memory Error", _out_of_memory),
        (
            r'Referenced column "(?P<name>[^"]*)" not found in FROM clause!'
            r"(?:\s*Candidate bindings: (?P<candidates>[^\n]*))?",
            _missing_column,
        ),
        (
            # A scan gives a column that is cast its own name.
            r'Column "(?P<name>[^"]*)" referenced that exists in the SELECT clause',
            _missing_column,
        ),
        (
            r"Invalid Input Error: NOT NULL\|(?P<column>.*?)\|(?P<table>.*?)\|(?P<row>[^\n]*)",
            _null,
        ),
        (
            r"Python exception occurred while executing the UDF: BuiltinError: (?P<message>.*?)(?:\n\nAt:|$)",
            _builtin,
        ),
        (r"Conversion Error|Invalid Input Error: (?:@[\d:+]+ )?Cannot cast", _value("SQL_CAST")),
        (r"More than one row returned by a subquery", _several_rows),
        (r"Out of Range Error", _value("SQL_OVERFLOW")),
        (r"Invalid Input Error", _value("SQL_EXECUTION")),
    )
]


def _last_line_before_advice(text: str) -> str:
    said = re.split(r"\nPossible |\n  file = ", text)[0]
    return said.strip().splitlines()[-1].strip().rstrip(".")


def _without_prefix(text: str) -> str:
    return re.sub(r"^(?:[\w ]+ Error: )+", "", _first_line(text)).rstrip(".!")


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0]
