/** What the compiler makes of programs. `tsc -b` checks this file: each `@ts-expect-error` is a program that does not compile. */
import { Table as ArrowTable, Int64, type RecordBatch, Utf8, vectorFromArray } from 'apache-arrow';
import { afterAll, describe, expectTypeOf, it } from 'vitest';
import {
  type AggregateSignature,
  avg,
  count,
  date,
  decimal,
  defineTable,
  lit,
  max,
  pythonAggregate,
  pythonFunction,
  type RecordInput,
  type RowOf,
  type SqlDate,
  type SqlDecimal,
  sum,
  type Table,
  TableEnvironment,
  t,
  type UntypedRecord,
  when,
} from '../../../operators/index.js';

const schema = defineTable({
  id: t.bigint(),
  x: t.double().nullable(),
  name: t.string(),
  day: t.date().nullable(),
  price: t.decimal(10, 2),
  tags: t.array(t.string()),
  place: t.row({ city: t.string(), zip: t.int().nullable() }),
});
const ages = defineTable({ who: t.string(), age: t.int() });
const score = pythonFunction<[number | null], number | null>('score');
const strict = pythonFunction<[number], number>('strict');
const p90 = pythonAggregate<[number | null], number | null>('p90');

const env = await TableEnvironment.create();
afterAll(() => env.close());
const rows = env.fromRecords([], schema);
const people = env.fromRecords([], ages);

type RecordsOf<T> = T extends Table<infer R> ? R : never;

describe('the compiler', () => {
  it('knows the record of a schema', () => {
    expectTypeOf<RowOf<typeof schema>>().toEqualTypeOf<{
      id: bigint;
      x: number | null;
      name: string;
      day: SqlDate | null;
      price: SqlDecimal;
      tags: readonly string[];
      place: { city: string; zip: number | null };
    }>();
  });

  it('takes records with the columns of the schema, and lets nullable ones be left out', () => {
    expectTypeOf<{ who: string; age: number }>().toExtend<RecordInput<RowOf<typeof ages>>>();
    env.fromRecords([{ id: 1n, name: '', price: '1.5', tags: [], place: { city: '', zip: null } }], schema);
    // @ts-expect-error age is missing
    env.fromRecords([{ who: 'Ada' }], ages);
    // @ts-expect-error age is a number
    env.fromRecords([{ who: 'Ada', age: '36' }], ages);
    // @ts-expect-error there is no such column
    env.fromRecords([{ who: 'Ada', age: 36, size: 1 }], ages);
  });

  it('knows what a projection makes, and keeps NULL where an operand has it', () => {
    const projected = rows.select((r) => ({
      id: r.id.plus(1n),
      y: r.x.times(2),
      z: r.x.orElse(0),
      isLate: r.x.gt(15).or(r.name.eq('x')),
      size: r.name.charLength(),
      text: r.x.cast(t.string()),
      zip: r.place.get('zip'),
      first: r.tags.at(1),
      one: lit(1n),
      label: when(r.x.isNull(), 'none').otherwise(r.name),
      total: r.price.plus(decimal('0.50')),
    }));
    expectTypeOf<RecordsOf<typeof projected>>().toEqualTypeOf<{
      id: bigint;
      y: number | null;
      z: number;
      isLate: boolean | null;
      size: number;
      text: string | null;
      zip: number | null;
      first: string | null;
      one: bigint;
      label: string;
      total: SqlDecimal;
    }>();
  });

  it('refuses columns that are not there and values that are no columns', () => {
    // @ts-expect-error there is no column nmae
    () => rows.select((r) => ({ name: r.nmae }));
    // @ts-expect-error a plain value is no column: lit(1)
    () => rows.select(() => ({ one: 1 }));
    // @ts-expect-error the record of the projection has no id any more
    () => rows.select((r) => ({ name: r.name })).filter((r) => r.id.eq(1n));
  });

  it('refuses operators that the kind of a column has not', () => {
    rows.select((r) => ({
      // @ts-expect-error a text does not add
      a: r.name.plus('x'),
      // @ts-expect-error a number has no upper case
      b: r.x.upper(),
      // @ts-expect-error a date is no text, although its value is one
      c: r.day.upper(),
      // @ts-expect-error a list has no order
      d: r.tags.lt(r.tags),
      // @ts-expect-error a number is no condition
      e: r.x.and(r.x),
      // @ts-expect-error the row has no such field
      f: r.place.get('street'),
    }));
  });

  it('refuses operands of another kind', () => {
    rows.select((r) => ({
      ok: r.day.eq(date('2001-01-31')),
      // @ts-expect-error bigint and number do not mix, as in JavaScript
      a: r.id.plus(1),
      // @ts-expect-error nor as columns
      b: r.id.plus(r.x),
      // @ts-expect-error a text is no number
      c: r.x.eq('1'),
      // @ts-expect-error a DATE is compared with date('…')
      d: r.day.eq('2001-01-31'),
      // @ts-expect-error a decimal is compared with decimal('…')
      e: r.price.gt(1.5),
    }));
  });

  it('takes conditions in filters only', () => {
    rows.filter((r) => r.x.gt(1).and(r.name.like('a%').not()));
    // @ts-expect-error a number is no condition
    rows.filter((r) => r.x);
    // @ts-expect-error a JavaScript comparison is none either
    () => rows.where((r) => r.x === 1);
  });

  it('checks the arguments of Python functions, and NULL among them', () => {
    const scored = rows.select((r) => ({ y: score(r.x), one: score(1) }));
    expectTypeOf<RecordsOf<typeof scored>>().toEqualTypeOf<{ y: number | null; one: number | null }>();
    rows.select((r) => ({
      ok: strict(r.x.orElse(0)),
      // @ts-expect-error a text is no number
      a: score(r.name),
      // @ts-expect-error one argument, not two
      b: score(r.x, r.x),
      // @ts-expect-error strict takes no NULL
      c: strict(r.x),
    }));
  });

  it('types the functions of a Python file by the signatures given', () => {
    type Functions = {
      score(x: number | null): number | null;
      p90: AggregateSignature<[number | null], number | null>;
    };
    const register = () => env.registerPythonFile<Functions>('functions.py');
    type Registered = Awaited<ReturnType<typeof register>>;
    expectTypeOf<ReturnType<Registered['p90']>>().toEqualTypeOf<ReturnType<typeof p90>>();
    // @ts-expect-error there is no such function
    type _Missing = Registered['scroe'];
  });

  it('has columns of rows inside aggregates only', () => {
    const grouped = rows
      .groupBy((r) => ({ name: r.name, hasX: r.x.isNotNull() }))
      .select((key, r) => ({ name: key.name, n: count(), s: sum(r.x), id: max(r.id).plus(1n), p: p90(r.x) }));
    expectTypeOf<RecordsOf<typeof grouped>>().toEqualTypeOf<{
      name: string;
      n: bigint;
      s: number | null;
      id: bigint | null;
      p: number | null;
    }>();
    // @ts-expect-error x is a column of the rows, not of the group
    rows.groupBy((r) => ({ name: r.name })).select((_key, r) => ({ x: r.x }));
    // @ts-expect-error an aggregate stands behind groupBy only
    rows.select((r) => ({ s: sum(r.x) }));
    // @ts-expect-error aggregates do not nest
    rows.groupBy().select((_key, r) => ({ s: sum(sum(r.x)) }));
    // @ts-expect-error a text has no mean
    rows.groupBy().select((_key, r) => ({ s: avg(r.name) }));
  });

  it('joins the records of both sides, with NULL for those of a left join', () => {
    const both = people.leftJoin(
      rows,
      (p, r) => p.who.eq(r.name),
      (p, r) => ({ who: p.who, age: p.age, id: r.id }),
    );
    expectTypeOf<RecordsOf<typeof both>>().toEqualTypeOf<{ who: string; age: number; id: bigint | null }>();
    const all = people.leftJoin(people.as({ who: 'parent', age: 'parentAge' }), (p, q) => p.who.eq(q.parent));
    expectTypeOf<RecordsOf<typeof all>>().toEqualTypeOf<{
      who: string;
      age: number;
      parent: string | null;
      parentAge: number | null;
    }>();
    // @ts-expect-error both have the columns who and age: a projection says which
    () => people.join(people, (p, q) => p.who.eq(q.who));
    // @ts-expect-error a text is no number
    people.join(rows, (p, r) => p.who.eq(r.id));
  });

  it('knows what a result gives: Arrow batches, or records', () => {
    expectTypeOf(people.execute()[Symbol.asyncIterator]().next).returns.resolves.toEqualTypeOf<
      IteratorResult<RecordBatch, void>
    >();
    expectTypeOf(people.execute().toArray).returns.resolves.toEqualTypeOf<{ who: string; age: number }[]>();
  });

  it('inserts into tables of the same record only', () => {
    const sink = env.createTemporaryTable('sink', ages, { connector: 'blackhole' });
    const open = env.createTemporaryTable(
      'open_sink',
      defineTable({ who: t.string().nullable(), age: t.int() }),
      { connector: 'blackhole' },
    );
    expectTypeOf(people.executeInsert<{ who: string; age: number }>).toBeCallableWith(sink);
    () => people.executeInsert(open);
    // @ts-expect-error open has NULL, and the sink takes none
    () => open.executeInsert(sink);
    () => env.createStatementSet().addInsert(open, people).addInsert('sink', rows);
    // @ts-expect-error as executeInsert
    () => env.createStatementSet().addInsert(sink, open);
    // @ts-expect-error the sink has a text and a number
    () => rows.executeInsert(sink);
  });

  it('takes the types of an Arrow table', () => {
    const make = () =>
      env.fromArrow(
        new ArrowTable({ id: vectorFromArray([1n], new Int64()), s: vectorFromArray(['a'], new Utf8()) }),
      );
    expectTypeOf<RecordsOf<Awaited<ReturnType<typeof make>>>>().toEqualTypeOf<{
      id: bigint | null;
      s: string | null;
    }>();
  });

  it('makes nothing of columns without a schema until they are cast', () => {
    const untyped = env.sqlQuery('SELECT 1 AS n');
    expectTypeOf(untyped).toEqualTypeOf<Table<UntypedRecord>>();
    untyped.select((r) => ({ n: r.n!.cast(t.int()).plus(1) }));
    // @ts-expect-error nobody knows that it is a number
    untyped.select((r) => ({ n: r.n.plus(1) }));
  });
});
