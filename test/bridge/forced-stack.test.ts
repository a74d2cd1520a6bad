import { describe, expect, it } from 'vitest';
import { forcedStack } from '../../bridge/forced-stack.js';

/** Written by Python 3.11. */
const DUMP = `Thread 0x00007f1b6ffff6c0 (most recent call first):
  File "/env/lib/zmq/sugar/poll.py", line 106 in poll
  File "/env/lib/millstream/_worker/control_channel.py", line 93 in _converse
  File "/usr/lib/python3.11/threading.py", line 975 in run

Current thread 0x00007f1b87c15040 (most recent call first):
  File "/env/lib/library.py", line 7 in lock
  File "/job/functions.py", line 76 in wait_for_ever
  File "/env/lib/millstream/_execution/call.py", line 71 in map_rows
  File "/env/lib/millstream/_worker/worker_main.py", line 26 in worker_main
`;

describe('a stack that a signal forced out', () => {
  it("is the main thread's, from the user's first frame on, below where native code was called", () => {
    expect(forcedStack(DUMP)).toBe(
      `It is in native code that does not let other Python code run, called at library.py:7.

Thread MainThread:
  File "/job/functions.py", line 76, in wait_for_ever
  File "/env/lib/library.py", line 7, in lock
`,
    );
  });

  it('is left as it is where it cannot be read', () => {
    expect(forcedStack('Fatal: no frames')).toBe('Fatal: no frames');
    expect(forcedStack('')).toBe('');
  });
});
