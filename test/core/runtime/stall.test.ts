import { describe, expect, it } from 'vitest';
import { detectStall, type TaskActivity, type Wait } from '../../../core/runtime/stall.js';

describe('a stall', () => {
  it('is a job where somebody waits for room and nobody works, told with the cycle and nothing else', () => {
    const tasks = [
      task('sink', [rows('join-out', 'join')]),
      task('scan', [room('probe', 'join')]),
      task('join', [rows('build', 'scan')]),
    ];

    const stall = detectStall(tasks, 12_345);

    expect(stall?.message).toBe(
      'Nothing moved for 12 s and nothing runs. The stages wait for each other:\n' +
        '  join waits for rows on build from scan\n' +
        '  scan waits for room on probe (9 of 8 bytes), read by join',
    );
  });

  it('without a cycle lists every wait', () => {
    const stall = detectStall([task('a', [room('a-out', 'b')]), task('b', [])], 1000);

    expect(stall?.message).toContain('a waits for room on a-out (9 of 8 bytes), read by b');
  });

  it('is none while any stage works', () => {
    const tasks = [task('scan', [room('probe', 'join')]), { ...task('join', []), isWorking: true }];

    expect(detectStall(tasks, 1000)).toBeNull();
  });

  it('is none where all wait for rows: they come when the source has some', () => {
    expect(detectStall([task('sink', [rows('out', 'source')])], 1000)).toBeNull();
  });
});

function task(stage: string, waits: readonly Wait[]): TaskActivity {
  return { stage, isWorking: false, waits };
}

function room(exchange: string, stage: string): Wait {
  return { for: 'room', exchange, stage, usedBytes: 9, capacityBytes: 8 };
}

function rows(exchange: string, stage: string): Wait {
  return { for: 'rows', exchange, stage, usedBytes: 0, capacityBytes: 8 };
}
