import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as arrow from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AggregateSignature,
  count,
  defineTable,
  pythonFunction,
  sum,
  TableEnvironment,
  t,
} from '../../../operators/index.js';

const FUNCTIONS = `
from millstream import AggregateFunction, udaf, udf


@udf
def score(x: float | None) -> float | None:
    return None if x is None else x * 2


class Total(AggregateFunction):
    def create_accumulator(self):
        return [0.0]

    def accumulate(self, total, x):
        total[0] += x or 0.0

    def get_value(self, total):
        return total[0]


total = udaf(Total(), input_types=["DOUBLE"], result_type="DOUBLE", accumulator_type="ARRAY<DOUBLE>")
`;
interface Functions {
  score(x: number | null): number | null;
  total: AggregateSignature<[number | null], number | null>;
}

const measured = defineTable({ id: t.bigint(), x: t.double().nullable(), place: t.string() });
const RECORDS = [
  { id: 1n, x: 1.5, place: 'hill' },
  { id: 2n, place: 'harbour' },
  { id: 3n, x: -1, place: 'hill' },
];

let folder = '';
const HILLS = BigInt(RECORDS.filter(({ place }) => place === 'hill').length);
const TABLE_FUNCTIONS = `
import pyarrow as pa
from millstream import TableAggregateFunction, udtaf, udtf

@udtf(result_types="ROW<n BIGINT>")
def sizes(rows: pa.Table, plus: int = 0):
    yield rows.num_rows + plus

class Largest(TableAggregateFunction):
    def create_accumulator(self):
        return []
    def accumulate(self, accumulator, value: int):
        accumulator.append(value)
    def emit_value(self, accumulator):
        yield max(accumulator)

largest = udtaf(Largest(), result_type="ROW<id BIGINT>")
`;

let env: TableEnvironment;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'millstream-api-'));
  await writeFile(join(folder, 'api_functions.py'), FUNCTIONS);
  await writeFile(
    join(folder, 'broken_functions.py'),
    'from millstream import udf\n@udf\ndef f(x: int) -> int: ...\n1 / 0\n',
  );
  await writeFile(join(folder, 'builtin_functions.py'), '@udf\ndef upper(s: str) -> str: ...\n');
  await writeFile(join(folder, 'empty_functions.py'), 'x = 1\n');
  env = await TableEnvironment.create({ workingDirectory: folder });
});
afterAll(async () => {
  await env.close();
  await rm(folder, { recursive: true });
});

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

describe('Python functions', () => {
  it('of a file are called from projections and groups', async () => {
    const own = await TableEnvironment.create({ workingDirectory: folder });
    const { score, total } = await own.registerPythonFile<Functions>('api_functions.py');
    const table = own.fromRecords(RECORDS, measured);

    const scored = await table
      .select((r) => ({ id: r.id, y: score(r.x.plus(1)) }))
      .execute()
      .toArray();
    const totals = await table
      .groupBy((r) => ({ place: r.place }))
      .select((key, r) => ({ place: key.place, total: total(r.x) }))
      .orderBy((r) => r.place)
      .execute()
      .toArray();
    await own.close();

    expect(scored).toEqual([
      { id: 1n, y: 5 },
      { id: 2n, y: null },
      { id: 3n, y: 0 },
    ]);
    expect(totals).toEqual([
      { place: 'harbour', total: 0 },
      { place: 'hill', total: 0.5 },
    ]);
  });

  it('over tables are called with whole groups, and with a constant', async () => {
    const file = join(folder, 'table_functions.py');
    await writeFile(file, TABLE_FUNCTIONS);
    await env.registerPythonFile('table_functions.py');
    const table = env.fromRecords(RECORDS, measured);

    const sizes = await table
      .map('sizes', defineTable({ place: t.string(), n: t.bigint().nullable() }), {
        partitionBy: ['place'],
        arguments: { plus: 10n },
      })
      .orderBy((r) => r.place)
      .execute()
      .toArray();
    const ids = await table
      .groupBy((r) => ({ place: r.place }))
      .flatAggregate('largest', (r) => [r.id], defineTable({ place: t.string(), id: t.bigint().nullable() }))
      .orderBy((r) => r.place)
      .execute()
      .toArray();

    expect(sizes.map(({ n }) => n)).toEqual(
      ids.map(({ place }) => (place === 'hill' ? HILLS : 3n - HILLS) + 10n),
    );
    expect(ids.map(({ place }) => place)).toEqual(['harbour', 'hill']);
    await expect(
      table
        .map('sizes', defineTable({ n: t.string() }), { partitionBy: ['place'] })
        .execute()
        .toArray(),
    ).rejects.toMatchObject({ code: 'SCHEMA_MISMATCH' });
  });

  it('are found after queries have run, and by the names that the file gives them', async () => {
    expect(Object.keys(await env.registerPythonFile('api_functions.py'))).toEqual(['score', 'total']);
    const again = pythonFunction<[number | null], number | null>('score');

    const result = env.fromRecords(RECORDS.slice(0, 1), measured).select((r) => ({ y: again(r.x) }));

    expect(await result.execute().toArray()).toEqual([{ y: 3 }]);
    await expect(env.registerPythonFile('api_functions.py')).rejects.toMatchObject({ code: 'SQL_EXISTS' });
  });

  it.each([
    [
      'cannot be imported',
      'broken_functions.py',
      { code: 'UDF_IMPORT', details: { traceback: expect.stringContaining('1 / 0') } },
    ],
    ['is not there', 'nosuch.py', { code: 'UDF_FILE' }],
    ['is no Python module', 'some-functions.py', { code: 'UDF_FILE' }],
    ['declares nothing', 'empty_functions.py', { code: 'UDF_NONE' }],
    ['takes the name of a built-in', 'builtin_functions.py', { code: 'FUNCTION_BUILTIN' }],
  ])('of a file that %s are refused', async (_, file, error) => {
    await expect(env.registerPythonFile(file)).rejects.toMatchObject(error);
  });
});

describe('a table over a stream', () => {
  it('gives its changes, as long as somebody reads them', async () => {
    await env.executeSql(`CREATE TEMPORARY TABLE ticks (n BIGINT) WITH ('connector' = 'datagen',
      'rows-per-second' = '1000000', 'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '900000000')`);
    const counts = env
      .from('ticks', defineTable({ n: t.bigint().nullable() }))
      .groupBy()
      .select(() => ({ n: count() }));

    const changes: string[] = [];
    let last = 0n;
    for await (const { op, row } of counts.toChangelog()) {
      changes.push(op);
      if (op === '-U') expect(row.n).toBe(last);
      else expect(row.n).toBeGreaterThan(last);
      last = row.n;
      if (changes.length === 5) break;
    }

    expect(changes).toEqual(['+I', '-U', '+U', '-U', '+U']);
  });

  it('that ends has the rows that are left', async () => {
    const ended = env.sqlQuery(
      'SELECT COUNT(*) AS n FROM (VALUES (1), (2)) AS v(x)',
      defineTable({ n: t.bigint() }),
    );

    const changes = [];
    for await (const change of ended.toChangelog()) changes.push(change);

    expect(changes).toEqual([{ op: '+I', row: { n: 2n } }]);
  });
});

describe('SQL and tables together', () => {
  it('a query with a schema is typed and checked before it runs', async () => {
    const typed = env.sqlQuery(
      "SELECT * FROM (VALUES (1, 'a'), (2, 'b')) AS v(n, s)",
      defineTable({ n: t.int(), s: t.string() }),
    );

    expect(
      await typed
        .filter((r) => r.n.gt(1))
        .execute()
        .toArray(),
    ).toEqual([{ n: 2, s: 'b' }]);
  });

  it.each([
    ['another type', defineTable({ n: t.string() }), 'SCHEMA_MISMATCH'],
    ['no NULL where the query may give one', defineTable({ maybe: t.int() }), 'SCHEMA_MISMATCH'],
    ['a column that is not there', defineTable({ m: t.int() }), 'SQL_UNKNOWN_COLUMN'],
  ])('a schema with %s is refused', async (_, schema, code) => {
    const table = env.sqlQuery(
      'SELECT 1 AS n, CAST(NULL AS INT) AS maybe',
      schema as ReturnType<typeof defineTable>,
    );

    await expect(table.execute().toArray()).rejects.toMatchObject({ code });
    await expect(table.limit(1).explain()).rejects.toMatchObject({ code });
  });

  it('a table is a view for SQL', async () => {
    await env.createTemporaryView(
      'hills',
      env.fromRecords(RECORDS, measured).filter((r) => r.place.eq('hill')),
    );

    const result = await env.executeSql('SELECT COUNT(*) AS n FROM hills');

    expect(result.kind === 'rows' && (await result.result.toArray())).toEqual([{ n: 2n }]);
  });

  it('rows are inserted by name into a table, and read from it', async () => {
    const sink = env.createTemporaryTable(
      'sink',
      defineTable({ place: t.string().nullable(), n: t.bigint().nullable() }),
      {
        connector: 'filesystem',
        path: join(folder, 'sink'),
        format: 'parquet',
      },
    );
    const counts = env
      .fromRecords(RECORDS, measured)
      .groupBy((r) => ({ place: r.place }))
      .select((key) => ({ n: count(), place: key.place }));

    const inserted = await counts.executeInsert(sink);

    expect(inserted).toMatchObject({ kind: 'inserted', table: 'sink' });
    expect(
      await sink
        .orderBy((r) => r.place)
        .execute()
        .toArray(),
    ).toEqual([
      { place: 'harbour', n: 1n },
      { place: 'hill', n: 2n },
    ]);
    await expect(counts.executeInsert(counts)).rejects.toMatchObject({ code: 'API_TARGET' });
  });

  it('statements run in order and the last one answers', async () => {
    const result = await env.executeSql(
      "CREATE TEMPORARY TABLE hole (n INT) WITH ('connector' = 'blackhole'); INSERT INTO hole VALUES (1), (2)",
    );

    expect(result).toMatchObject({ kind: 'inserted', table: 'hole', rows: 2 });
    await expect(env.executeSql('SELECT 1; SELECT 2')).rejects.toMatchObject({ code: 'API_QUERY' });
    expect(() => env.sqlQuery('SHOW TABLES')).toThrow(expect.objectContaining({ code: 'API_QUERY' }));
  });

  it('explain shows the stages without running them', async () => {
    const text = await env
      .fromRecords(RECORDS.values(), measured)
      .filter((r) => r.id.gt(1n))
      .explain();

    expect(text).toContain('filter id');
    expect(text).toMatch(/source-1: memory memory_\d+/);
  });
});

describe('closing', () => {
  it('cancels what runs, and nothing starts any more', async () => {
    async function* silent(): AsyncGenerator<{ id: bigint; place: string }> {
      yield { id: 1n, place: '' };
      await new Promise(() => {});
    }
    const own = await TableEnvironment.create({ workingDirectory: folder });
    const table = own.fromRecords(silent(), measured);
    const running = table.execute().toArray();
    const failed = expect(running).rejects.toMatchObject({ code: 'ENVIRONMENT_CLOSED' });
    await own.executeSql('SHOW TABLES');

    await own.close();
    await own.close();

    await failed;
    await expect(table.execute().toArray()).rejects.toMatchObject({ code: 'ENVIRONMENT_CLOSED' });
    await expect(own.executeSql('SHOW TABLES')).rejects.toMatchObject({ code: 'ENVIRONMENT_CLOSED' });
  });
});
