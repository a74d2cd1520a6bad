import { expect, test } from 'vitest';
import { Absence } from '../../../operators/connectors/absence.js';

test('a server that is away is told at once, then each minute, and when it answers again', () => {
  const notes: string[] = [];
  let nowMs = 0;
  const absence = new Absence('table t: Kafka', { nowMs: () => nowMs }, (text) => notes.push(text));
  absence.answered();
  for (; nowMs < 150_000; nowMs += 500) absence.failed('refused');
  expect(absence.isAway).toBe(true);
  absence.answered();
  absence.answered();
  absence.failed('refused');

  expect(notes).toEqual([
    'table t: Kafka does not answer, it is tried again (refused)',
    'table t: Kafka has not answered for 1 min, it is tried again (refused)',
    'table t: Kafka has not answered for 2 min, it is tried again (refused)',
    'table t: Kafka answers again, after 150 s',
    'table t: Kafka does not answer, it is tried again (refused)',
  ]);
});
