import { describe, expect, it } from 'vitest';
import { pythonFailure } from '../../../operators/flink-export/python-traceback.js';

const OUTPUT = `Traceback (most recent call last):
  File "/tmp/out/driver.py", line 20, in main
    env.execute_sql("SELECT …").print()
  File "/venv/lib/python3.11/site-packages/pyflink/util/exceptions.py", line 162, in deco
    return f(*a, **kw)
py4j.protocol.Py4JJavaError: An error occurred while calling o47.print.
: java.lang.RuntimeException: Failed to fetch next result
	at org.apache.flink.X.y(X.java:1)
Caused by: java.lang.RuntimeException: Error received from SDK harness for instruction 1: Traceback (most recent call last):
  File "/venv/lib/python3.11/site-packages/apache_beam/runners/worker/sdk_worker.py", line 312, in _execute
    response = task()
  File "pyflink/fn_execution/beam/beam_operations_fast.pyx", line 177, in process
  File "<string>", line 1, in <lambda>
  File "/tmp/python-dist/python/millstream/_flink/adapted.py", line 86, in eval
    return self.call(*args)
  File "/tmp/python-dist/functions.py", line 6, in bad
    return 6 // (n - 1)
           ~~^^~~~~~~~~
ZeroDivisionError: integer division or modulo by zero

	at org.apache.beam.Z.w(Z.java:2)
`;

describe('the failure of a Flink job', () => {
  it('is the traceback of the function, from its own frame on', () => {
    expect(pythonFailure(OUTPUT)).toEqual({
      message: 'ZeroDivisionError: integer division or modulo by zero',
      traceback: `Traceback (most recent call last):
  File "/tmp/python-dist/functions.py", line 6, in bad
    return 6 // (n - 1)
           ~~^^~~~~~~~~
ZeroDivisionError: integer division or modulo by zero`,
    });
  });

  it('is none where Java alone failed', () => {
    expect(pythonFailure('java.lang.NullPointerException\n\tat org.apache.flink.X.y(X.java:1)\n')).toBeNull();
  });
});
