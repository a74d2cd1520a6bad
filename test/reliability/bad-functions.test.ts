import { describe, expect, it } from 'vitest';
import { expectFailure } from './support/expect-failure.js';
import { run } from './support/failing-run.js';

/** A job that calls `f`, which is `target`, on 1 and 2 as BIGINT. */
function calling(target: string, call = 'f(n)', before = ''): string {
  return (
    `${before}CREATE TEMPORARY FUNCTION f AS '${target}' LANGUAGE PYTHON;\n` +
    `SELECT ${call} FROM (VALUES (CAST(1 AS BIGINT)), (CAST(2 AS BIGINT))) AS t(n);\n`
  );
}

const FUNCTIONS = `import ctypes
import os
import sys

from millstream import udf


def _divide(a, b):
    return a / b


@udf
def ratio(a: int, b: int) -> float:
    return _divide(a, b)


@udf
def shout(s: str) -> str:
    return s.upper()


@udf(result_type="BIGINT")
def repeated(n: int):
    return "n" * n


@udf(batch="arrow")
def shortened(n: int) -> int:
    return n.slice(1)


@udf
def untyped(n):
    return n


@udf
def hoard(n: int) -> int:
    held = []
    while True:
        held.append(bytearray(16 << 20))


@udf
def abort(n: int) -> int:
    os.abort()


@udf
def read_nowhere(n: int) -> int:
    ctypes.string_at(0)
    return n


@udf
def leave(n: int) -> int:
    sys.exit(3)
`;
const files = { 'functions.py': FUNCTIONS };

const SHADOWS = ['json', 'logging', 'pyarrow', 'random', 'struct', 'runpy'];

it('a file in the working directory is no module of the standard library', async () => {
  const shadowing = SHADOWS.map((name) => [`${name}.py`, `raise RuntimeError("${name} of the user")\n`]);
  const plain =
    'from millstream import udf\n\n\n@udf(result_type="BIGINT", batch="numpy")\ndef f(n):\n    return n + 1\n';

  const { code, stdout, stderr } = await run({
    sql: calling('plain.f'),
    files: { ...Object.fromEntries(shadowing), 'plain.py': plain },
  });

  expect({ code, stdout }, stderr).toEqual({
    code: 0,
    stdout: '{"op":"+I","row":[2]}\n{"op":"+I","row":[3]}\n',
  });
});

describe('a function that cannot be loaded', () => {
  it('of a module that is not there says where to put it', () =>
    expectFailure({
      sql: calling('nowhere.f'),
      exit: 1,
      what: "Error UDF_IMPORT: Function `f` is AS 'nowhere.f', but there is no module `nowhere`.",
      where: ['at function f, worker w1'],
      todo: 'Put the file beside the job, or name its folder in python.files.',
    }));

  it('of a module that does not have it lists near names', () =>
    expectFailure({
      sql: calling('functions.shuot'),
      files,
      exit: 1,
      what: "Error UDF_NOT_FOUND: Function `f` is AS 'functions.shuot', but DIR/functions.py has no `shuot`.",
      todo: 'Did you mean shout?',
    }));

  it("of a module that fails at import shows the traceback from the user's frame on", () =>
    expectFailure({
      sql: calling('broken.f'),
      files: { 'broken.py': 'def load():\n    return open("model.bin")\n\n\nMODEL = load()\n' },
      exit: 1,
      what:
        'Error UDF_IMPORT: Function `f` failed to import module `broken`: ' +
        "FileNotFoundError: [Errno 2] No such file or directory: 'model.bin' at broken.py:2",
      where: [
        'at DIR/broken.py:2, function f, worker w1',
        'Traceback (most recent call last):',
        'File "DIR/broken.py", line 5, in <module>',
        'File "DIR/broken.py", line 2, in load',
      ],
      todo: 'Correct the module: each worker imports it before its first row.',
    }));

  it('of a module that does not parse shows the line', () =>
    expectFailure({
      sql: calling('syntax.f'),
      files: { 'syntax.py': 'def f(n: int) -> int\n    return n\n' },
      exit: 1,
      what: "Error UDF_IMPORT: Function `f` failed to import module `syntax`: SyntaxError: expected ':' at syntax.py:1",
      where: ['at DIR/syntax.py:1, function f, worker w1', 'def f(n: int) -> int'],
      todo: 'Correct the module: each worker imports it before its first row.',
    }));

  it('of a module that lacks a package names the Python to install it into', async () => {
    const { code, stdout, stderr } = await run({
      sql: calling('needs.f'),
      files: { 'needs.py': 'import no_such_package\n' },
    });

    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain("ModuleNotFoundError: No module named 'no_such_package' at needs.py:1");
    expect(stderr).toMatch(/Install the package that has it into the workers' Python, \S+, or name another/);
  });

  it('without types is named with its file and line', () =>
    expectFailure({
      sql: calling('functions.untyped'),
      files,
      exit: 1,
      what: 'Error UDF_NO_TYPES: Function `f` does not say the type of its result.',
      where: ['at DIR/functions.py:32, function f, worker w1'],
      todo: "Annotate it or declare it, for example -> int or result_type='BIGINT'.",
    }));

  it('with an option that cannot act is refused at its place', () =>
    expectFailure({
      sql: calling('options.f'),
      files: {
        'options.py':
          'from millstream import udf\n\n\n@udf(ordered=False)\ndef big(n: int) -> int:\n    return n\n',
      },
      exit: 1,
      what: 'Error UDF_OPTION: ordered=False is for async functions: others are called in order.',
      where: ['at DIR/options.py:4, function big, worker w1'],
      todo: 'Remove it, or write `async def`.',
    }));
});

describe('a call', () => {
  it('with an argument of the wrong type names parameter and both types', () =>
    expectFailure({
      sql: calling('functions.shout'),
      files,
      exit: 2,
      what: "Error SQL_ARGUMENTS in job.sql, line 2, column 10: Parameter 's' of f is STRING, but the argument is BIGINT.",
      where: ['|          ^'],
      todo: 'Use CAST(… AS STRING).',
    }));

  it('with too many arguments shows the declaration', () =>
    expectFailure({
      sql: calling('functions.shout', "f('a', 'b')"),
      files,
      exit: 2,
      what: 'Error SQL_ARGUMENTS in job.sql, line 2, column 15: f takes 1 argument, not 2.',
      todo: 'It is declared as f(s STRING).',
    }));
});

describe('a function that runs', () => {
  it('and raises shows the row, its values and the traceback', () =>
    expectFailure({
      sql: calling('functions.ratio', 'f(n, n - 2)'),
      files,
      exit: 1,
      what: 'Error UDF_EXCEPTION: Function `f` failed in row 1 for (a=2, b=0): ZeroDivisionError: division by zero at functions.py:9',
      where: [
        'at DIR/functions.py:9, function f, stage python-2, worker w1, bundle 0, row 1',
        'with a=2, b=0',
        'File "DIR/functions.py", line 14, in ratio',
        'File "DIR/functions.py", line 9, in _divide',
      ],
      todo: 'ZeroDivisionError: division by zero',
    }));

  it('and gives a value of another type shows the value and what was expected', () =>
    expectFailure({
      sql: calling('functions.repeated'),
      files,
      exit: 1,
      what: "Error UDF_RETURN_TYPE: Function `f` returned 'n' of type str in row 0; its result is BIGINT: expected int.",
      where: ['at DIR/functions.py:22, function f, stage python-2, worker w1, bundle 0, row 0'],
      todo: 'Return a value of the declared type, or declare another one.',
    }));

  it('and gives too few values says how many it was asked for', () =>
    expectFailure({
      sql: calling('functions.shortened'),
      files,
      exit: 1,
      what: 'Error UDF_RETURN_LENGTH: Function `f` returned 1 values for 2 rows.',
      where: ['at DIR/functions.py:27, function f, stage python-2, worker w1, bundle 0'],
      todo: 'Return one value for each row, in order.',
    }));

  it('and calls sys.exit fails the job, not the worker', () =>
    expectFailure({
      sql: calling('functions.leave'),
      files,
      exit: 1,
      what: 'Error UDF_EXIT: Function `f` called sys.exit(3).',
      where: ['SystemExit: 3'],
      todo: 'Raise an exception to fail the job; return None for a row without a result.',
    }));

  it('and eats memory past its cap is told with cap, peak and the way out', () =>
    expectFailure({
      sql: calling('functions.hoard', 'f(n)', "SET 'millstream.worker.memory' = '200 MB';\n"),
      files,
      exit: 1,
      what:
        'Error WORKER_OOM: Worker w1 (python-1) ran out of its 200 MiB of memory while it ran function f ' +
        'in stage python-2, bundle 0 of 2 rows. It used 200 MiB.',
      where: ['at function f, stage python-2, worker w1, bundle 0'],
      todo: "Raise the cap of function workers (now 200 MiB): SET 'millstream.worker.memory' = '400 MB'.",
    }));

  it.each([
    ['abort', 'SIGABRT', 'Aborted', 'File "DIR/functions.py", line 46 in abort'],
    ['read_nowhere', 'SIGSEGV', 'Segmentation fault', 'File "DIR/functions.py", line 51 in read_nowhere'],
  ])(
    'and crashes the interpreter (%s) shows the stack once, without frames of ours',
    async (name, signal, error, frame) => {
      await expectFailure({
        sql: calling(`functions.${name}`),
        files,
        exit: 1,
        what:
          `Error WORKER_CRASH: Worker w5 (python-1) crashed with ${signal} while it ran function f in stage ` +
          'python-2, bundle 0 of 1 row. It was row 0 of the bundle, run by itself: (n=1).',
        where: [`Fatal Python error: ${error}`, frame],
        todo: expect.stringMatching(
          /\. Native code failed, not Python: find the library in the stack and try it outside of Millstream\.$/,
        ),
      });
    },
  );
});
