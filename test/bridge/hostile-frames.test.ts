/** Files that once crashed readers of Arrow, as frames of a worker: to the core's checks and to the harness. */
import { afterAll, expect, it } from 'vitest';
import { readInCore } from '../support/arrays.js';
import { crashers, splitMessages } from '../support/arrow-testing.js';
import { HarnessReader } from '../support/harness-reader.js';

const CRASHERS = crashers();
const harness = new HarnessReader();
afterAll(() => harness.close());

it('has the whole corpus', () => {
  expect(CRASHERS.length).toBe(135);
});

it.each(CRASHERS)('core and harness refuse $name with a typed error, within a second', async ({ bytes }) => {
  const [schema = bytes, ...batches] = splitMessages(bytes);
  const frames = batches.length > 0 ? batches : [bytes];

  const before = process.cpuUsage();
  expect(() => frames.map((frame) => readInCore(schema, frame))).toThrow(
    expect.objectContaining({ code: 'BATCH_MALFORMED' }),
  );
  expect(process.cpuUsage(before).user).toBeLessThan(1e6);
  const outcomes = [];
  for (const frame of frames) outcomes.push((await harness.read(schema, frame, 0)).kind);
  expect(new Set(outcomes)).toEqual(new Set(['refused']));
});
