import { describe, expect, it } from 'vitest';
import { flinkFailure } from '../../../operators/index.js';

const REFUSED = `Internal server error.
<Exception on server side:
org.apache.flink.table.gateway.api.utils.SqlGatewayException: Failed to fetchResults.
	at org.apache.flink.table.gateway.rest.X.y(X.java:91)
Caused by: org.apache.flink.table.gateway.service.utils.SqlExecutionException: Failed to execute the operation 12.
	... 1 more
Caused by: org.apache.calcite.sql.validate.SqlValidatorException: Column 'nosuch' not found in any table
	... 36 more

End of exception on server side>`;

describe('a stack of Flink', () => {
  it('of a statement is refused by its innermost cause, at its place', () => {
    expect(flinkFailure(REFUSED, 'planning', { line: 2, column: 1, length: 13 })).toMatchObject({
      code: 'FLINK_REFUSED',
      message: "Flink refuses the statement: Column 'nosuch' not found in any table",
      details: { line: 2 },
    });
  });

  it.each([
    [
      "Caused by: org.apache.flink.table.api.ValidationException: Could not find any factory for identifier 'kafka' that implements",
      'FLINK_JAR_MISSING',
      /connector 'kafka'/,
      /flink-sql-connector-kafka/,
    ],
    [
      "Could not find any format factory for identifier 'parquet' in the classpath.",
      'FLINK_JAR_MISSING',
      /format 'parquet'/,
      /flink-sql-parquet/,
    ],
    ['Caused by: java.lang.ClassNotFoundException: a.b.C', 'FLINK_JAR_MISSING', /a\.b\.C/, /--jar/],
    [
      'java.io.IOException: Failed to execute the command: python -m pip install --ignore-installed -r requirements.txt\noutput: ERROR: No matching distribution found for x',
      'FLINK_REQUIREMENTS',
      /cannot install requirements\.txt: ERROR: No matching/,
      /index/,
    ],
    [
      'java.io.IOException: Cannot run program "/nosuch/python": error=2',
      'FLINK_PYTHON',
      /\/nosuch\/python is not there/,
      /--pyexec/,
    ],
    ["ModuleNotFoundError: No module named 'pyflink'", 'FLINK_PYTHON', /has no PyFlink/, /--pyexec/],
    [
      'Traceback (most recent call last):\n  File "driver.py", line 3\nValueError: no\n',
      'FLINK_JOB_FAILED',
      /: ValueError: no$/,
      /page/,
    ],
    ['java.lang.NullPointerException: oh\n\tat a.B(B.java:1)', 'FLINK_JOB_FAILED', /on Flink: oh$/, /page/],
  ])('says what is missing: %s', (stack, code, message, hint) => {
    const error = flinkFailure(stack, 'running');
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });

  it('of a function that failed is that of the function, whatever it says', () => {
    const stack = `Caused by: java.lang.RuntimeException: Error received from SDK harness: Traceback (most recent call last):
  File "/tmp/python/python/f.py", line 4, in install
ValueError: run pip install -r requirements.txt
`;
    expect(flinkFailure(stack, 'running').message).toBe(
      'The job failed on Flink: ValueError: run pip install -r requirements.txt',
    );
  });

  it.each([
    [
      '\tat org.apache.flink.client.python.PythonFunctionFactory.getPythonFunction(PythonFunctionFactory.java:138)\n',
      'that plans the job',
      /task managers alone.*--pyclientexec/,
    ],
    ['', 'of the task managers', /python\.requirements/],
  ])('of a module that is not there says to whom: %s', (frame, whose, hint) => {
    const stack = `Caused by: org.apache.flink.X: Traceback (most recent call last):
  File "/usr/lib/python3.11/importlib/__init__.py", line 126, in import_module
    return _bootstrap._gcd_import(name[level:], package, level)
  File "/tmp/python/shop.py", line 6, in <module>
    import humanize
ModuleNotFoundError: No module named 'humanize'

${frame}`;
    const error = flinkFailure(stack, 'planning');
    expect(error.code).toBe('FLINK_PYTHON');
    expect(error.message).toBe(`The Python ${whose} has no module humanize, which the functions import.`);
    expect(error.details.traceback).toMatch(/^Traceback.*\n {2}File "\/tmp\/python\/shop\.py"/);
    expect(error.hint).toMatch(hint);
  });

  it('of a function that failed is its traceback', () => {
    const stack = `Caused by: java.lang.RuntimeException: Error received from SDK harness: Traceback (most recent call last):
  File "/tmp/python/python/f.py", line 4, in boom
    return 6 // (x - 1)
ZeroDivisionError: integer division or modulo by zero
`;
    expect(flinkFailure(stack, 'planning', { line: 1, column: 1 })).toMatchObject({
      code: 'FLINK_JOB_FAILED',
      message: 'The job failed on Flink: ZeroDivisionError: integer division or modulo by zero',
      details: { line: null, traceback: expect.stringContaining('in boom') },
    });
  });
});
