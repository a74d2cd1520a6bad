import { expect, it } from 'vitest';
import { millstream } from '../cli/support/command.js';

it('the example of scalar functions looks up, converts and judges its readings', async () => {
  const { stdout, code } = await millstream(['run', 'examples/functions/lookups.sql', '--format', 'jsonl']);

  const rows = stdout
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).row);
  expect(code).toBe(0);
  expect(rows).toEqual([
    ['Oslo: 5.0', 'fine', false],
    ['Lima: 35.0', 'hot', true],
    ['unknown: 10.0', 'fine', false],
  ]);
});
