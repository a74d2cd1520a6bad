import { Readable } from 'node:stream';
import * as arrow from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { count, defineTable, sum, TableEnvironment, t } from '../../../operators/index.js';
import { measured, RECORDS } from './support/measured.js';

let env: TableEnvironment;
beforeAll(async () => {
  env = await TableEnvironment.create();
});
afterAll(() => env.close());

describe('records of a program', () => {
  it('come back through SQL as they were, with NULL for what was left out', async () => {
    const table = env.fromRecords(RECORDS, measured);

    expect(await table.execute().toArray()).toEqual([
      RECORDS[0],
      { id: 2n, x: null, place: 'harbour' },
      RECORDS[2],
    ]);
  });

  it('of every type come back as they were', async () => {
    const schema = defineTable({
      b: t.boolean(),
      i: t.smallint(),
      f: t.float(),
      d: t.decimal(6, 2),
      y: t.bytes(),
      day: t.date(),
      at: t.timestamp(6),
      when: t.timestampLtz(3),
      clock: t.time(3),
      list: t.array(t.int().nullable()),
      map: t.map(t.string(), t.bigint()),
      row: t.row({ a: t.int(), b: t.string().nullable() }),
    });
    const record = {
      b: true,
      i: -3,
      f: 0.5,
      d: '12.50',
      y: Uint8Array.of(1, 2),
      day: '2001-01-31',
      at: '2001-01-31 12:00:00.000001',
      when: '2001-01-31 12:00:00.5Z',
      clock: '12:00:00',
      list: [1, null],
      map: new Map([['a', 1n]]),
      row: { a: 1, b: null },
    };

    expect(
      await env
        .fromRecords([record] as never, schema)
        .execute()
        .toArray(),
    ).toEqual([record]);
  });

  it('are grouped, joined and sorted by the planner that SQL has', async () => {
    const table = env.fromRecords(RECORDS, measured);
    const places = table
      .groupBy((r) => ({ place: r.place }))
      .select((key, r) => ({ where: key.place, n: count(), total: sum(r.x) }));

    const joined = table
      .join(
        places,
        (l, r) => l.place.eq(r.where),
        (l, r) => ({ id: l.id, n: r.n, total: r.total }),
      )
      .orderBy((r) => r.id.desc())
      .limit(2);

    expect(await joined.execute().toArray()).toEqual([
      { id: 3n, n: 2n, total: 0.5 },
      { id: 2n, n: 1n, total: null },
    ]);
  });

  it('are refused with their number where one does not fit the schema, even in a later chunk', async () => {
    const records = Array.from({ length: 10_000 }, (_, i) => ({
      id: BigInt(i),
      place: i === 9_000 ? (7 as never) : '',
    }));

    await expect(env.fromRecords(records, measured).execute().toArray()).rejects.toMatchObject({
      code: 'VALUE_TYPE',
      message: "Record 9000: 'place' is 7, which is no STRING NOT NULL.",
    });
  });

  it('are refused where one has a property that is no column', async () => {
    const records = [{ id: 1n, place: '', xx: 1 }];

    await expect(env.fromRecords(records, measured).execute().toArray()).rejects.toMatchObject({
      code: 'VALUE_TYPE',
      hint: 'Did you mean x?',
    });
  });

  it.each([
    ['an iterator', () => RECORDS.values()],
    ['a stream', () => Readable.from(RECORDS)],
  ])('of %s can be read once, of an array again', async (_, open) => {
    const once = env.fromRecords(open(), measured);
    const again = env.fromRecords(RECORDS, measured);

    for (const table of [once, again, again]) expect(await table.execute().toArray()).toHaveLength(3);
    await expect(once.execute().toArray()).rejects.toMatchObject({ code: 'SOURCE_CONSUMED' });
  });

  it('fail the query with the error of their generator', async () => {
    async function* failing() {
      yield RECORDS[0]!;
      throw new RangeError('the device is gone');
    }

    await expect(env.fromRecords(failing(), measured).execute().toArray()).rejects.toThrow(
      'the device is gone',
    );
  });

  it('are asked for at the pace of the reader, and their generator is closed when it leaves', async () => {
    const wide = defineTable({ text: t.string() });
    const text = 'x'.repeat(4_096);
    let made = 0;
    let closed: () => void = () => {};
    const isClosed = new Promise<void>((resolve) => {
      closed = resolve;
    });
    async function* endless() {
      try {
        for (; ; made++) yield { text };
      } finally {
        closed();
      }
    }

    for await (const batch of env.fromRecords(endless(), wide).execute()) {
      expect(batch.numRows).toBeGreaterThan(0);
      break;
    }

    await isClosed;
    // What fits into the buffers of the job, and not all that could be made until the reader left.
    expect(made * text.length).toBeLessThan(1_000_000_000);
  });
});

describe('Arrow data of a program', () => {
  it('comes back as record batches of the same values', async () => {
    const table = new arrow.Table({
      id: arrow.vectorFromArray([1n, 2n, null], new arrow.Int64()),
      name: arrow.vectorFromArray(['a', null, 'c'], new arrow.Utf8()),
    });

    const batches: arrow.RecordBatch[] = [];
    for await (const batch of (await env.fromArrow(table)).execute()) batches.push(batch);

    expect(new arrow.Table(batches).toArray().map((row) => row.toJSON())).toEqual([
      { id: 1n, name: 'a' },
      { id: 2n, name: null },
      { id: null, name: 'c' },
    ]);
  });

  it('may be cut out of a larger table, and come in several batches from a generator', async () => {
    const whole = new arrow.Table({
      n: arrow.vectorFromArray(
        Array.from({ length: 100 }, (_, i) => (i % 7 === 0 ? null : i)),
        new arrow.Int32(),
      ),
      list: arrow.vectorFromArray(
        Array.from({ length: 100 }, (_, i) => [`${i}`]),
        new arrow.List(new arrow.Field('x', new arrow.Utf8(), true)),
      ),
    });
    async function* pieces() {
      yield whole.slice(3, 5);
      yield whole.slice(70, 72);
    }

    const table = await env.fromArrow(pieces());

    expect(await table.execute().toArray()).toEqual([
      { n: 3, list: ['3'] },
      { n: 4, list: ['4'] },
      { n: null, list: ['70'] },
      { n: 71, list: ['71'] },
    ]);
  });

  it('of types that the wire has otherwise is converted', async () => {
    const table = new arrow.Table({
      words: arrow.vectorFromArray(
        ['a', 'b', 'a', null],
        new arrow.Dictionary(new arrow.Utf8(), new arrow.Int32()),
      ),
      at: arrow.vectorFromArray(
        [new Date(1), null, new Date(-1), new Date(0)],
        new arrow.TimestampMillisecond(),
      ),
      day: arrow.vectorFromArray(
        [new Date('2001-01-31'), null, new Date(0), new Date(0)],
        new arrow.DateMillisecond(),
      ),
    });

    expect(await (await env.fromArrow(table)).limit(3).execute().toArray()).toEqual([
      { words: 'a', at: '1970-01-01 00:00:00.001', day: '2001-01-31' },
      { words: 'b', at: null, day: null },
      { words: 'a', at: '1969-12-31 23:59:59.999', day: '1970-01-01' },
    ]);
  });

  it('of a type without a SQL type is refused with the column', async () => {
    const table = new arrow.Table({ n: arrow.vectorFromArray([1], new arrow.Uint32()) });

    await expect(env.fromArrow(table)).rejects.toMatchObject({
      code: 'ARROW_TYPE',
      message: expect.stringContaining("'n' has the Arrow type Uint32"),
    });
  });

  it('may come from a stream, whose first batch is not lost', async () => {
    const table = new arrow.Table({ n: arrow.vectorFromArray([1, 2], new arrow.Int32()) });

    const rows = await env.fromArrow(Readable.from([table, table]) as AsyncIterable<typeof table>);

    expect(await rows.execute().toArray()).toEqual([{ n: 1 }, { n: 2 }, { n: 1 }, { n: 2 }]);
  });

  it('without a batch has no schema', async () => {
    await expect(env.fromArrow([])).rejects.toMatchObject({ code: 'SOURCE_EMPTY' });
  });
});
