/** Damaged batches of every type: the core and the harness refuse them with a typed error, or read the same values. */
import { afterAll, expect, it } from 'vitest';
import type { ArrayData } from '../../core/batch/array-data.js';
import { BatchEncoder, SchemaRegistry, validateRecordBatchMessage } from '../../core/index.js';
import { ALL_TYPES, ALL_TYPES_ROWS } from '../support/all-types.js';
import { difference, readInCore } from '../support/arrays.js';
import { goldenStreams, splitMessages } from '../support/arrow-testing.js';
import { HarnessReader } from '../support/harness-reader.js';
import { mutate } from '../support/mutants.js';
import { SeededRandom } from '../support/seeded-random.js';
import { seeds } from '../support/seeds.js';

const BASES = bases();
const harness = new HarnessReader();
afterAll(() => harness.close());

it('reads damaged batches and schemas alike in core and harness, or refuses them with a typed error', async () => {
  let read = 0;
  for (const seed of seeds(2_000, 20_000)) {
    const { name, schema, message, rows, ...base } = damagedCase(new SeededRandom(seed));
    const label = `seed ${seed}: ${name}`;

    const before = process.cpuUsage();
    const core = attempt(() => readInCore(schema, message));
    expect(process.cpuUsage(before).user, `${label}: microseconds`).toBeLessThan(1e6);
    const harnessSaw = await harness.read(schema, message, rows);

    if (core instanceof Error) expect(core, label).toMatchObject({ code: 'BATCH_MALFORMED' });
    expect(harnessSaw.kind, `${label}: ${JSON.stringify(harnessSaw)}`).toMatch(/^(accepted|refused)$/);
    if (core instanceof Error) continue;
    if (harnessSaw.kind !== 'accepted') {
      expect(harnessSaw, label).toMatchObject({ text: expect.stringMatching(ONLY_PYARROW_CHECKS) });
      continue;
    }
    read += 1;
    expect(difference(core, readInCore(schema, harnessSaw.message)), label).toBeNull();
    if (schema === base.soundSchema) expect(shapeOf(core), label).toEqual(base.shape);
  }
  console.log(
    `figure (${seeds(2_000, 20_000).length} runs): damaged Arrow messages: ${seeds(2_000, 20_000).length}, read alike ${read}, the others refused, 0 crashes`,
  );
}, 600_000);

/** Ranges of values, which the core leaves to who computes with them; and a stricter look at unused metadata. */
const ONLY_PYARROW_CHECKS =
  /does not fit in precision|whole number of days|within the acceptable range|Invalid flatbuffers|Unexpected null field/;

function damagedCase(random: SeededRandom) {
  const base = random.pick(BASES);
  const isSchema = random.chance(0.2);
  const sound = isSchema ? base.schema : base.message;
  const bodyStart = 8 + new DataView(sound.buffer, sound.byteOffset).getInt32(4, true);
  const { bytes, damage } = mutate(sound, bodyStart, random);
  return {
    name: `${base.name}, ${damage}`,
    schema: isSchema ? bytes : base.schema,
    message: isSchema ? base.message : bytes,
    rows: base.rows,
    soundSchema: base.schema,
    shape: base.shape,
  };
}

/** Columns, their types and their lengths: what no damage may change unseen. */
function shapeOf(arrays: readonly ArrayData[]) {
  return arrays.map(({ layout, length }) => ({ layout, length }));
}

function bases() {
  const schemas = new SchemaRegistry();
  const encoder = new BatchEncoder(ALL_TYPES, schemas);
  const rows = Array.from({ length: 21 }, (_, i) => ALL_TYPES_ROWS[i % ALL_TYPES_ROWS.length]!);
  const message = encoder.encodeRows(rows).groups[0]!.message;
  const all = { name: 'every SQL type', schema: schemas.message(encoder.schema), message, rows: rows.length };
  const golden = goldenStreams().flatMap(({ name, stream }) => {
    const [schema, first] = splitMessages(stream);
    const summary = first === undefined ? null : attempt(() => validateRecordBatchMessage(first, schema!));
    if (summary === null || summary instanceof Error || first!.length > 50_000) return [];
    return [{ name, schema: schema!, message: first!, rows: summary.rows }];
  });
  return [all, ...golden].map((base) => ({ ...base, shape: shapeOf(readInCore(base.schema, base.message)) }));
}

function attempt<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (error) {
    return error as Error;
  }
}
