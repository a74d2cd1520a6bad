import { describe, expect, it } from 'vitest';
import { renderError } from '../../../cli/errors/render-error.js';
import { CancelledError, InternalError, SqlError, UdfError, WorkerError } from '../../../core/index.js';

const SOURCE = { name: 'job.sql', text: 'SELECT id,\n  delai\nFROM flights;\n' };

describe('an error for people', () => {
  it('shows the line of SQL with a caret, and what to do', () => {
    const error = new SqlError('SQL_UNKNOWN_COLUMN', 'there is no column `delai`', {
      details: { line: 2, column: 3, length: 5 },
      hint: 'Did you mean `delay`?',
    });

    expect(renderError(error, SOURCE, false)).toBe(
      [
        'Error SQL_UNKNOWN_COLUMN in job.sql, line 2, column 3: there is no column `delai`',
        '  2 |   delai',
        '    |   ^^^^^',
        'Did you mean `delay`?',
      ].join('\n'),
    );
  });

  it('shows where a function failed, with the row and the Python traceback', () => {
    const error = new UdfError(
      'UDF_EXCEPTION',
      'function `ratio` failed: ZeroDivisionError: division by zero',
      {
        details: {
          function: 'ratio',
          file: 'functions.py',
          line: 7,
          stage: 'python-2',
          worker: 'python-2/0',
          bundle: 3,
          row: 17,
          values: { a: '1', b: '0' },
          traceback: 'File "functions.py", line 7, in ratio\n    return a / b\n',
        },
        hint: 'Handle the value in the function.',
      },
    );

    expect(renderError(error, SOURCE, false)).toBe(
      [
        'Error UDF_EXCEPTION: function `ratio` failed: ZeroDivisionError: division by zero',
        '  at functions.py:7, function ratio, stage python-2, worker python-2/0, bundle 3, row 17',
        '  with a=1, b=0',
        '  File "functions.py", line 7, in ratio',
        '      return a / b',
        'Handle the value in the function.',
      ].join('\n'),
    );
  });

  it('does not point into the script with the column of another file', () => {
    const error = new UdfError('UDF_SYNTAX', 'invalid syntax', {
      details: { file: 'functions.py', line: 1, column: 2 },
    });
    expect(renderError(error, SOURCE, false)).toBe('Error UDF_SYNTAX: invalid syntax\n  at functions.py:1');
  });

  it('leaves out what is not known', () => {
    const error = new WorkerError('WORKER_KILLED', 'the worker was killed from outside');
    expect(renderError(error, null, false)).toBe('Error WORKER_KILLED: the worker was killed from outside');
  });

  it('shows the JavaScript stack only on demand', () => {
    const error = new WorkerError('WORKER_KILLED', 'killed');

    expect(renderError(error, null, false)).not.toContain('render-error.test');
    expect(renderError(error, null, true)).toContain('render-error.test');
  });

  it('is no more than a sentence where the user stopped the job', () => {
    expect(renderError(new CancelledError('CANCELLED', 'Stopped by Ctrl-C.'), SOURCE, false)).toBe(
      'Stopped by Ctrl-C.',
    );
  });

  it('asks for a report where the defect is ours', () => {
    expect(renderError(new InternalError('X', 'no'), null, false)).toContain('please report it');
    expect(renderError(new TypeError('x is undefined'), null, false)).toMatch(
      /^Error INTERNAL: TypeError: x is undefined\n/,
    );
  });
});
