import { expect, test } from 'vitest';
import { bind } from '../../graph/planning.js';
import { problem } from '../../graph/problem.js';

const SQL = "SELECT /*+ STATE_TTL('t' = '1 d') */ a, COUNT(*) FROM t GROUP BY a";

test('a time to live for single inputs is refused in a stream, and means nothing to a batch', () => {
  expect(problem(() => bind(SQL, undefined, undefined, true))).toBe(
    "SQL_UNSUPPORTED 1:12+22 STATE_TTL for single inputs is not taken. | SET 'table.exec.state.ttl' holds for all states of the job.",
  );
  expect(() => bind(SQL)).not.toThrow();
});
