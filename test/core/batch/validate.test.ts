import { describe, expect, it } from 'vitest';
import {
  BatchEncoder,
  decodeRows,
  InternalError,
  SchemaRegistry,
  validateRecordBatchMessage,
} from '../../../core/index.js';
import { types } from '../../../core/types/types.js';
import { ALL_TYPES, ALL_TYPES_ROWS } from '../../support/all-types.js';
import { SeededRandom } from '../../support/seeded-random.js';

const schemas = new SchemaRegistry();
const encoder = new BatchEncoder(ALL_TYPES, schemas);
const MESSAGE = encoder.encodeRows(ALL_TYPES_ROWS).groups[0]!.message;
const SCHEMA = schemas.message(encoder.schema);
const EXCHANGE = { columns: ALL_TYPES, groups: [ALL_TYPES.map((_, i) => i)] };

describe('the check of a record batch message', () => {
  it('says rows and body size of a sound one', () => {
    const { rows, bodyBytes } = validateRecordBatchMessage(MESSAGE, SCHEMA);

    expect(rows).toBe(3);
    expect(bodyBytes).toBeGreaterThan(500);
  });

  it('refuses a message cut at any length, and one with bytes behind it', () => {
    for (let length = 0; length < MESSAGE.length; length++) {
      expect(() => validateRecordBatchMessage(MESSAGE.subarray(0, length), SCHEMA)).toThrow('malformed');
    }
    expect(() => validateRecordBatchMessage(Buffer.concat([MESSAGE, Buffer.alloc(8)]), SCHEMA)).toThrow(
      'malformed',
    );
  });

  it('refuses the batch of another schema', () => {
    const other = new BatchEncoder([{ name: 'a', type: types.int() }], schemas);

    expect(() => validateRecordBatchMessage(MESSAGE, schemas.message(other.schema))).toThrow(
      'buffers, its schema',
    );
  });

  it('lets no mutant through that a decoder would read outside its body, and never another error', () => {
    const metadataBytes = new DataView(MESSAGE.buffer, MESSAGE.byteOffset).getInt32(4, true);
    let accepted = 0;
    for (let seed = 1; seed <= 6000; seed++) {
      const mutant = mutate(MESSAGE, metadataBytes + 8, new SeededRandom(seed));
      const outcome = attempt(() => validateRecordBatchMessage(mutant, SCHEMA));
      if (outcome instanceof Error) {
        expect(outcome, `seed ${seed}`).toBeInstanceOf(InternalError);
        continue;
      }
      accepted += 1;
      expect(outcome.rows, `seed ${seed}`).toBeLessThanOrEqual(24);
    }
    expect(accepted).toBeLessThan(6000);
  });
});

describe('decoding', () => {
  it('gives rows or the error for malformed bytes for every mutant of the whole message', () => {
    for (let seed = 1; seed <= 1500; seed++) {
      const message = mutate(MESSAGE, MESSAGE.length, new SeededRandom(seed));
      const group = { schema: encoder.schema, message, shared: null, messageRows: 3, selection: null };
      const batch = { kind: 'batch', rows: 3, groups: [group], continued: false } as const;

      const outcome = attempt(() => decodeRows(batch, EXCHANGE, schemas));

      if (outcome instanceof Error)
        expect(outcome, `seed ${seed}`).toMatchObject({ code: 'BATCH_MALFORMED' });
      else expect(outcome.length, `seed ${seed}`).toBe(3);
    }
  });

  it.each([
    [
      'text that is not UTF-8',
      { offsets: Int32Array.of(0, 1, 2), bytes: Uint8Array.of(0xff, 0x41) },
      'not UTF-8',
    ],
    [
      'a value that begins inside a character',
      { offsets: Int32Array.of(0, 1, 2), bytes: Buffer.from('é') },
      'cuts a',
    ],
    ['offsets that fall', { offsets: Int32Array.of(0, 2, 1), bytes: Buffer.from('ab') }, 'offsets that fall'],
    [
      'offsets past the end',
      { offsets: Int32Array.of(0, 2, 9), bytes: Buffer.from('ab') },
      'reaches offset 9 of 2',
    ],
    [
      'negative offsets',
      { offsets: Int32Array.of(-1, 0, 1), bytes: Buffer.from('ab') },
      'begins at offset -1',
    ],
  ])('refuses %s', (_, text, message) => {
    const column = { name: 's', type: types.string() };
    const batch = new BatchEncoder([column], schemas).encode(2, [text]);

    expect(() => decodeRows(batch, { columns: [column], groups: [[0]] }, schemas)).toThrow(message);
  });

  it('refuses a column of another type than the plan says', () => {
    const batch = new BatchEncoder([{ name: 'a', type: types.int() }], schemas).encode(1, [[1]]);

    expect(() =>
      decodeRows(batch, { columns: [{ name: 'a', type: types.double() }], groups: [[0]] }, schemas),
    ).toThrow('should be DOUBLE');
  });
});

describe('the schema registry', () => {
  it('gives equal messages one id, and keeps them when the caller reuses the bytes', () => {
    const registry = new SchemaRegistry();
    const bytes = SCHEMA.slice();

    const first = registry.register(bytes);
    bytes.fill(0);

    expect(registry.register(SCHEMA)).toBe(first);
    expect(registry.message(first)).toEqual(SCHEMA);
    expect(registry.schema(first).fields.map((field) => field.name)).toEqual(
      ALL_TYPES.map(({ name }) => name),
    );
  });

  it('refuses mutants of a schema with one error, or reads them', () => {
    for (let seed = 1; seed <= 2000; seed++) {
      const mutant = mutate(SCHEMA, SCHEMA.length, new SeededRandom(seed));

      const outcome = attempt(() => new SchemaRegistry().register(mutant));

      if (outcome instanceof Error)
        expect(outcome, `seed ${seed}`).toMatchObject({ code: 'BATCH_MALFORMED' });
    }
  });

  it('says when a batch refers to a schema that nobody registered', () => {
    expect(() => new SchemaRegistry().message(1)).toThrow('schema 1, which nobody registered');
  });
});

/** Flips bits, or sets a 32-bit word to a value that tends to be trouble, within the first `range` bytes. */
function mutate(bytes: Uint8Array, range: number, random: SeededRandom): Uint8Array {
  const mutant = bytes.slice();
  const view = new DataView(mutant.buffer);
  for (let i = random.int(1, 3); i > 0; i--) {
    if (random.chance(0.5)) mutant[random.int(0, range - 1)]! ^= 1 << random.int(0, 7);
    else
      view.setInt32(
        random.int(0, range / 4 - 1) * 4,
        random.pick([-1, 0, 0x7fffffff, -0x80000000, 8, 1 << 20]),
        true,
      );
  }
  return mutant;
}

function attempt<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (error) {
    return error as Error;
  }
}
