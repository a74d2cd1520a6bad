/** Streams of Arrow's integration tests as frames of a worker: read to the last value, or refused with the reason. */
import { afterAll, expect, it } from 'vitest';
import type { ArrayData } from '../../core/batch/array-data.js';
import { readSchemaLayout } from '../../core/batch/read-schema.js';
import { readInCore, valueText } from '../support/arrays.js';
import { goldenStreams, splitMessages } from '../support/arrow-testing.js';
import { type GoldenJson, goldenText } from '../support/golden-json.js';
import { HarnessReader } from '../support/harness-reader.js';

const STREAMS = goldenStreams().map(({ name, stream, json }) => {
  const [schema, ...messages] = splitMessages(stream);
  return { name, schema: schema!, messages, batches: (json as GoldenJson).batches };
});
const harness = new HarnessReader();
afterAll(() => harness.close());

it('the core reads every value of the streams that protocol 1 can carry, and says why it refuses the others', () => {
  const outcomes = STREAMS.map(({ schema, messages, batches }) =>
    outcomeOf(() => {
      readSchemaLayout(schema);
      messages.forEach((message, i) => {
        expectValues(readInCore(schema, message), batches[i]!);
      });
    }),
  );

  expect(counted(outcomes)).toEqual({
    'every value': 49,
    'the schema is big-endian': 22,
    'is dictionary-encoded': 10,
    'its body is compressed': 4,
    'Arrow type 14, which protocol 1 does not carry': 3,
    'Arrow type 22, which protocol 1 does not carry': 1,
    'Arrow type 23, which protocol 1 does not carry': 1,
    'Arrow type 25, which protocol 1 does not carry': 1,
  });
});

it('the harness reads the same values, but refuses those that break the rules of their type', async () => {
  const outcomes: string[] = [];
  for (const { schema, messages, batches } of STREAMS) {
    let outcome = 'every value';
    for (const [i, message] of messages.entries()) {
      const read = await harness.read(schema, message, batches[i]?.count ?? 0);
      if (read.kind === 'accepted')
        outcome = outcomeOf(() => expectValues(readInCore(schema, read.message), batches[i]!));
      else outcome = REASON.exec(read.text)?.[0] ?? `${read.kind}: ${read.text}`;
      if (outcome !== 'every value') break;
    }
    outcomes.push(outcome);
  }

  expect(counted(outcomes)).toEqual({
    // Four of them with compressed bodies, one without any batch.
    'every value': 49,
    'a schema is big-endian': 21,
    'got dictionary': 10,
    'does not fit in precision': 3,
    'whole number of days': 2,
    // Read, but of types that no stage has: nothing to compare with.
    'Arrow type 14, which protocol 1 does not carry': 3,
    'Arrow type 22, which protocol 1 does not carry': 1,
    'Arrow type 23, which protocol 1 does not carry': 1,
    'Arrow type 25, which protocol 1 does not carry': 1,
  });
});

/** What refusals are told apart by. */
const REASON =
  /the schema is big-endian|a schema is big-endian|is dictionary-encoded|got dictionary|its body is compressed|Arrow type \d+, which protocol 1 does not carry|does not fit in precision|whole number of days/;

function outcomeOf(work: () => void): string {
  try {
    work();
    return 'every value';
  } catch (error) {
    const { message } = error as Error;
    return REASON.exec(message)?.[0] ?? message;
  }
}

function expectValues(arrays: readonly ArrayData[], { columns }: GoldenJson['batches'][number]): void {
  expect(arrays.map(({ length }) => length)).toEqual(columns.map(({ count }) => count));
  for (const [i, array] of arrays.entries()) {
    for (let row = 0; row < array.length; row++) {
      const [found, expected] = [valueText(array, row), goldenText(columns[i]!, array.layout, row)];
      if (found !== expected) throw new Error(`column ${i}, row ${row} is ${found} instead of ${expected}`);
    }
  }
}

function counted(outcomes: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const outcome of outcomes) counts[outcome] = (counts[outcome] ?? 0) + 1;
  return counts;
}
