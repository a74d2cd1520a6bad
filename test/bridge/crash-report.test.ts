import { describe, expect, it } from 'vitest';
import { CrashReportHold, crashStack } from '../../bridge/crash-report.js';

const REPORT = [
  'Fatal Python error: Segmentation fault',
  '',
  'Thread 0x00007f5aadfff6c0 (most recent call first):',
  '  File "/lib/zmq/sugar/poll.py", line 106 in poll',
  '',
  'Current thread 0x00007f5abf2a9b80 (most recent call first):',
  '  File "/lib/ctypes/__init__.py", line 519 in string_at',
  '  File "/home/me/functions.py", line 44 in read',
  '  File "/lib/millstream/_execution/call.py", line 71 in map_rows',
  '  File "/lib/millstream/_worker/harness.py", line 114 in _serve',
  '',
  'Extension modules: pyarrow.lib (total: 1)',
];

describe('crashStack', () => {
  it('keeps the error, what came right before it, and the frames above the harness', () => {
    const stderr = ['terminate called after throwing an instance of std::bad_alloc', ...REPORT, ''].join(
      '\n',
    );

    expect(crashStack(stderr)).toBe(
      [
        'terminate called after throwing an instance of std::bad_alloc',
        'Fatal Python error: Segmentation fault',
        '  File "/lib/ctypes/__init__.py", line 519 in string_at',
        '  File "/home/me/functions.py", line 44 in read',
      ].join('\n'),
    );
  });

  it('is the end of a text without a report, and nothing where nothing was written', () => {
    expect(crashStack('free(): invalid pointer\n')).toBe('free(): invalid pointer');
    expect(crashStack('\n')).toBeNull();
  });
});

describe('CrashReportHold', () => {
  function shown(lines: readonly string[], crashed: boolean): string[] {
    const out: string[] = [];
    const hold = new CrashReportHold((line) => out.push(line));
    for (const line of lines) hold.append(line);
    hold.end(crashed);
    return out;
  }

  it('keeps a report back where the worker crashed', () => {
    expect(shown(['before', ...REPORT], true)).toEqual(['before']);
  });

  it('shows the report of another process: the worker went on, or ended in another way', () => {
    expect(shown([...REPORT, 'after'], true)).toEqual([...REPORT, 'after']);
    expect(shown(REPORT, false)).toEqual(REPORT);
  });
});
