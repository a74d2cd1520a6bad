import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type AggregateSignature,
  count,
  defineTable,
  pythonFunction,
  TableEnvironment,
  t,
} from '../../../operators/index.js';
import { measured, RECORDS } from './support/measured.js';

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

  it('inserts of a statement set are one job, which is there once', async () => {
    const target = (name: string) =>
      env.createTemporaryTable(name, defineTable({ place: t.string(), n: t.bigint() }), {
        connector: 'filesystem',
        path: join(folder, name),
        format: 'parquet',
      });
    const [few, many] = [target('few'), target('many')];
    const counts = env
      .fromRecords(RECORDS, measured)
      .groupBy((r) => ({ place: r.place }))
      .select((key) => ({ n: count(), place: key.place }));
    const set = env
      .createStatementSet()
      .addInsert(
        few,
        counts.filter((r) => r.n.lt(2n)),
      )
      .addInsert(
        'many',
        counts.filter((r) => r.n.gt(1n)).select((r) => ({ place: r.place, n: r.n })),
      )
      .addInsertSql("INSERT INTO few VALUES ('sea', 0)");

    expect(await set.explain()).toMatch(/into few.*into many.*== Stages/s);
    expect(await set.execute()).toMatchObject({ kind: 'inserted', table: 'few, many, few', rows: 3 });

    const placesOf = async (table: typeof few) =>
      (
        await table
          .orderBy((r) => r.n)
          .execute()
          .toArray()
      ).map(({ place, n }) => `${place} ${n}`);
    expect(await placesOf(few)).toEqual(['sea 0', 'harbour 1']);
    expect(await placesOf(many)).toEqual(['hill 2']);
    await expect(set.execute()).rejects.toMatchObject({
      code: 'API_QUERY',
      message: 'The statement set is empty.',
    });
  });

  it('inserts of a statement set share what can be read only once', async () => {
    const rows = env.fromRecords(RECORDS.values(), measured);
    const target = (name: string) =>
      env.createTemporaryTable(name, defineTable({ id: t.bigint() }), {
        connector: 'filesystem',
        path: join(folder, name),
        format: 'parquet',
      });
    const [first, others] = [target('first_id'), target('other_ids')];

    await env
      .createStatementSet()
      .addInsert(
        first,
        rows.filter((r) => r.id.eq(1n)).select((r) => ({ id: r.id })),
      )
      .addInsert(
        others,
        rows.filter((r) => r.id.gt(1n)).select((r) => ({ id: r.id })),
      )
      .execute();

    expect(await first.execute().toArray()).toEqual([{ id: 1n }]);
    expect(
      await others
        .orderBy((r) => r.id)
        .execute()
        .toArray(),
    ).toEqual([{ id: 2n }, { id: 3n }]);
  });

  it('a statement set takes INSERT alone, into tables of the catalog', () => {
    const set = env.createStatementSet();
    const rows = env.fromRecords(RECORDS, measured);
    expect(() => set.addInsertSql('SELECT 1')).toThrow(expect.objectContaining({ code: 'API_QUERY' }));
    expect(() => set.addInsert(rows.limit(1), rows)).toThrow(expect.objectContaining({ code: 'API_TARGET' }));
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
