import { describe, expect, test } from 'vitest';
import { GroupAggregate } from '../../../operators/streaming/group-aggregate.js';
import { SessionWindow } from '../../../operators/streaming/session-window.js';
import { WindowAggregate } from '../../../operators/streaming/window-aggregate.js';
import { APPENDING, at, callOf, changing, run } from './rows.js';

describe('GROUP BY', () => {
  const aggregate = (input = APPENDING) =>
    new GroupAggregate({
      kind: 'aggregate',
      keys: [0],
      calls: [callOf('SUM', 1)],
      windowTime: null,
      inputs: [input],
      outputs: [],
    });

  test('says each group that changed once for a batch', () => {
    const rows = run(aggregate(), [
      ['+I', ['a', 1n]],
      ['+I', ['b', 5n]],
      ['+I', ['a', 2n]],
      'flush',
      ['+I', ['a', 3n]],
      'flush',
    ]);
    expect(rows).toEqual(['+I = [a 3]', '+I = [b 5]', '-U = [a 3]', '+U = [a 6]']);
  });

  test('says nothing of a group whose results are as before', () => {
    expect(run(aggregate(), [['+I', ['a', 1n]], 'flush', ['+I', ['a', 0n]], 'flush'])).toEqual([
      '+I = [a 1]',
    ]);
  });

  test('takes a group back when its last row has gone', () => {
    const rows = run(aggregate(changing(2)), [
      ['+I', ['a', 1n, 0]],
      'flush',
      ['-D', ['a', 1n, 3]],
      'flush',
      ['+I', ['a', 4n, 0]],
      ['-D', ['a', 4n, 3]],
      'flush',
    ]);
    expect(rows).toEqual(['+I = [a 1]', '-D = [a 1]']);
  });
});

describe('GROUP BY a window', () => {
  const windows = () =>
    new WindowAggregate(
      {
        kind: 'aggregate',
        keys: [0],
        calls: [callOf('COUNT', null)],
        windowTime: 1,
        inputs: [APPENDING],
        outputs: [],
      },
      1,
    );

  test('gives its row when the watermark reaches the last millisecond of the window', () => {
    const rows = run(windows(), [
      ['+I', ['w1', at(999)]],
      ['+I', ['w2', at(1999)]],
      ['+I', ['w1', at(999)]],
      { watermark: 998 },
      { watermark: 999 },
      { watermark: Number.POSITIVE_INFINITY },
    ]);
    expect(rows).toEqual(['+I = [w1 2]', '+I = [w2 1]']);
  });

  test('drops rows of a window that has ended', () => {
    const rows = run(windows(), [
      { watermark: 1500 },
      ['+I', ['w1', at(999)]],
      ['+I', ['w2', at(1999)]],
      { watermark: 2000 },
    ]);
    expect(rows).toEqual(['late', '+I = [w2 1]']);
  });
});

describe('sessions', () => {
  const sessions = () =>
    new SessionWindow({ kind: 'session', keys: [0], time: 1, gap: 10, inputs: [APPENDING], outputs: [] });

  test('rows within the gap are one session, also when a later row joins two', () => {
    const rows = run(sessions(), [
      ['+I', ['a', at(0)]],
      ['+I', ['a', at(18)]],
      ['+I', ['b', at(5)]],
      ['+I', ['a', at(9)]],
      { watermark: 100 },
    ]);
    const session = (start: number, end: number) => `= [${at(start)} ${at(end)} ${at(end - 1)}]`;
    expect(rows).toEqual([
      `+I [b 5000] ${session(5, 15)}`,
      `+I [a 0] ${session(0, 28)}`,
      `+I [a 18000] ${session(0, 28)}`,
      `+I [a 9000] ${session(0, 28)}`,
    ]);
  });

  test('a row is late where the session that it would be in has ended', () => {
    const rows = run(sessions(), [
      ['+I', ['a', at(0)]],
      ['+I', ['a', at(20)]],
      { watermark: 12 },
      ['+I', ['a', at(1)]],
      ['+I', ['a', at(11)]],
      { watermark: 50 },
    ]);
    expect(rows.filter((row) => row === 'late')).toHaveLength(1);
    expect(rows.slice(-2)).toEqual([
      `+I [a 20000] = [${at(11)} ${at(30)} ${at(29)}]`,
      `+I [a 11000] = [${at(11)} ${at(30)} ${at(29)}]`,
    ]);
  });
});
