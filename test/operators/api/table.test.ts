import { afterAll, describe, expect, it } from 'vitest';
import {
  avg,
  call,
  count,
  countDistinct,
  cumulate,
  date,
  decimal,
  defineTable,
  hop,
  lit,
  min,
  over,
  pythonFunction,
  rowNumber,
  session,
  sum,
  TableEnvironment,
  t,
  time,
  timestamp,
  tumble,
  when,
} from '../../../operators/index.js';

const env = await TableEnvironment.create();
afterAll(() => env.close());

const columns = defineTable({ id: t.bigint(), x: t.double().nullable(), name: t.string(), day: t.date() });
const rows = env.createTemporaryTable('numbers', columns, { connector: 'datagen' });
const TABLE = 'default_catalog.default_database.numbers AS t';
const ofRows = (projection: string) => `SELECT ${projection} FROM ${TABLE}`;

describe('a table', () => {
  it('is a query over its name', () => {
    expect(rows.toSql()).toBe(ofRows('*'));
  });

  it('selects expressions under the names of the object', () => {
    const score = pythonFunction<[number | null], number | null>('score');

    const scored = rows.select((r) => ({ id: r.id, y: score(r.x.times(2)), n: r.name.upper() }));

    expect(scored.toSql()).toBe(ofRows('t.id AS id, score(t.x * 2) AS y, UPPER(t.name) AS n'));
  });

  it('keeps all columns with a spread of the row', () => {
    const more = rows.select((r) => ({ ...r, x: r.x.orElse(0) }));

    expect(more.toSql()).toBe(ofRows('t.id AS id, COALESCE(t.x, 0) AS x, t.name AS name, t.`day` AS `day`'));
  });

  it('filters, and writes the parentheses that conditions need', () => {
    const some = rows.filter((r) => r.x.gt(1).or(r.x.isNull()).and(r.name.ne('b').not()));

    expect(some.toSql()).toBe(`${ofRows('*')} WHERE (t.x > 1 OR t.x IS NULL) AND NOT t.name <> 'b'`);
  });

  it('groups by expressions, which the keys stand for', () => {
    const groups = rows
      .groupBy((r) => ({ initial: r.name.substring(1, 1) }))
      .select((key, r) => ({
        initial: key.initial.lower(),
        n: count(),
        names: countDistinct(r.name),
        s: sum(r.x),
      }));

    expect(groups.toSql()).toBe(
      `${ofRows('LOWER(SUBSTRING(t.name, 1, 1)) AS `initial`, COUNT(*) AS n, COUNT(DISTINCT t.name) AS names, SUM(t.x) AS s')}` +
        ' GROUP BY SUBSTRING(t.name, 1, 1)',
    );
  });

  it('is one group where groupBy has no keys', () => {
    const whole = rows.groupBy().select((_, r) => ({ mean: avg(r.x), first: min(r.day) }));

    expect(whole.toSql()).toBe(ofRows('AVG(t.x) AS mean, MIN(t.`day`) AS first'));
  });

  it('sorts and limits in one query, so that the limit takes the first rows', () => {
    const top = rows.orderBy((r) => [r.x.desc().nullsLast(), r.id]).limit(10, 5);

    expect(top.toSql()).toBe(`${ofRows('*')} ORDER BY t.x DESC NULLS LAST, t.id LIMIT 10 OFFSET 5`);
  });

  it('limits what is limited already by a query around it', () => {
    expect(rows.limit(10).limit(20).toSql()).toBe(`SELECT * FROM (${ofRows('*')} LIMIT 10) AS t LIMIT 20`);
  });

  it('joins under the names l and r, with the columns of both', () => {
    const names = rows.select((r) => ({ key: r.id, label: r.name }));

    const joined = rows.select((r) => ({ id: r.id })).leftJoin(names, (l, r) => l.id.eq(r.key));

    expect(joined.toSql()).toBe(
      `SELECT l.id AS id, r.key AS key, r.label AS label FROM (${ofRows('t.id AS id')}) AS l ` +
        `LEFT JOIN (${ofRows('t.id AS key, t.name AS label')}) AS r ON l.id = r.key`,
    );
  });

  it('joins itself', () => {
    const pairs = rows.join(
      rows,
      (l, r) => l.id.lt(r.id),
      (l, r) => ({ a: l.id, b: r.id }),
    );

    expect(pairs.toSql()).toBe(
      'SELECT l.id AS a, r.id AS b FROM default_catalog.default_database.numbers AS l ' +
        'JOIN default_catalog.default_database.numbers AS r ON l.id < r.id',
    );
  });

  it('renames columns and keeps the order of all', () => {
    expect(rows.as({ x: 'value' }).toSql()).toBe(
      ofRows('t.id AS id, t.x AS `value`, t.name AS name, t.`day` AS `day`'),
    );
  });
});

describe('constants', () => {
  it.each([
    ['INT for a whole number of 32 bits', lit(7), '7'],
    ['DOUBLE for any other number', lit(0.5), '5e-1'],
    ['DOUBLE for a whole number that is too large', lit(3_000_000_000), '3e9'],
    ['DOUBLE for a number that is none', lit(Number.NaN), "CAST('NaN' AS DOUBLE)"],
    ['DOUBLE for the negative zero', lit(-0), '-0e0'],
    ['a sign before the number', lit(-7), '-7'],
    ['BIGINT for a bigint', lit(7n), 'CAST(7 AS BIGINT)'],
    ['text with its quotes doubled', lit("it's"), "'it''s'"],
    ['BOOLEAN', lit(true), 'TRUE'],
    ['BYTES', lit(Uint8Array.of(1, 255)), "X'01FF'"],
    ['DATE', date('2001-01-31'), "DATE '2001-01-31'"],
    ['TIME', time('12:00:00'), "TIME '12:00:00'"],
    ['TIMESTAMP', timestamp('2001-01-31 12:00:00.5'), "TIMESTAMP '2001-01-31 12:00:00.5'"],
    ['DECIMAL', decimal('-1.50'), '-1.50'],
  ])('are written as %s', (_, constant, sql) => {
    expect(rows.select(() => ({ c: constant })).toSql()).toBe(ofRows(`${sql} AS c`));
  });
});

describe('expressions', () => {
  it('are written as SQL', () => {
    const all = rows.select((r) => ({
      a: r.x.between(1, 2),
      b: r.name.in('a', 'b'),
      c: r.x.isDistinctFrom(1),
      d: r.x.tryCast(t.decimal(5, 1)),
      e: r.name.trim().concat('!'),
      f: r.day.extract('YEAR'),
      g: when(r.x.gt(1), 'big').when(r.x.isNull(), 'none').otherwise(r.name),
      h: when(r.x.gt(1), 1).end(),
      i: call('SQRT', t.double().nullable(), r.x),
      j: r.x.negated().abs().round(1).floor(),
      k: r.x.minus(1).dividedBy(2).mod(3),
      l: r.id.gte(1n).isTrue(),
      m: r.name.like('a%').or(r.name.replace('a', 'b').eq('b')),
    }));

    const texts = all.toSql().slice('SELECT '.length, -` FROM ${TABLE}`.length);

    expect(texts.split(/ AS [a-m](?:, |$)/)).toEqual([
      't.x BETWEEN 1 AND 2',
      "t.name IN ('a', 'b')",
      't.x IS DISTINCT FROM 1',
      'TRY_CAST(t.x AS DECIMAL(5, 1))',
      "TRIM(BOTH ' ' FROM t.name) || '!'",
      'EXTRACT(YEAR FROM t.`day`)',
      "CASE WHEN t.x > 1 THEN 'big' WHEN t.x IS NULL THEN 'none' ELSE t.name END",
      'CASE WHEN t.x > 1 THEN 1 END',
      'CAST(SQRT(t.x) AS DOUBLE)',
      'FLOOR(ROUND(ABS(-t.x), 1))',
      '(t.x - 1) / 2 % 3',
      't.id >= CAST(1 AS BIGINT) IS TRUE',
      "t.name LIKE 'a%' OR REPLACE(t.name, 'a', 'b') = 'b'",
      '',
    ]);
  });
});

describe('wrong programs that the compiler lets through', () => {
  it('name the near columns of one that is not there', () => {
    const untyped = rows as unknown as { select(f: (r: Record<string, never>) => object): unknown };

    expect(() => untyped.select((r) => ({ n: r['nmae'] }))).toThrow(
      expect.objectContaining({ code: 'SQL_UNKNOWN_COLUMN', hint: 'Did you mean name?' }),
    );
  });

  it('may not use the row of another callback', () => {
    let leaked: Parameters<Parameters<typeof rows.filter>[0]>[0] | null = null;
    rows.filter((r) => {
      leaked = r;
      return r.x.isNull();
    });

    expect(() => rows.select(() => ({ x: leaked!.x }))).toThrow(
      expect.objectContaining({ code: 'API_FOREIGN_COLUMN' }),
    );
  });

  it('give no column, or something that is none', () => {
    expect(() => rows.select(() => ({}))).toThrow(expect.objectContaining({ code: 'API_PROJECTION' }));
    expect(() => rows.select(() => ({ one: 1 as never }))).toThrow(
      expect.objectContaining({ code: 'API_PROJECTION' }),
    );
    expect(() => rows.select((r) => ({ one: r.x.plus({} as never) }))).toThrow(
      expect.objectContaining({ code: 'API_LITERAL' }),
    );
  });

  it('join tables with a column of one name', () => {
    const other = rows as never as ReturnType<typeof rows.as<{ id: 'a'; x: 'b'; name: 'c'; day: 'd' }>>;

    expect(() => rows.join(other, (l, r) => l.id.eq(r.a))).toThrow(
      expect.objectContaining({ code: 'SQL_UNKNOWN_COLUMN' }),
    );
    expect(() => rows.join(other, (l) => l.id.eq(1n))).toThrow(
      expect.objectContaining({ code: 'JOIN_COLUMNS' }),
    );
  });

  it('limit to what is no number of rows', () => {
    expect(() => rows.limit(-1)).toThrow(expect.objectContaining({ code: 'API_LIMIT' }));
    expect(() => rows.limit(1.5)).toThrow(expect.objectContaining({ code: 'API_LIMIT' }));
  });
});

describe('windows of time', () => {
  const clicks = env.createTemporaryTable('clicks', defineTable({ id: t.int(), at: t.timestamp(3) }), {
    connector: 'datagen',
  });
  const from = (call: string) => `SELECT * FROM TABLE(${call})`;
  const table = 'TABLE default_catalog.default_database.clicks';

  it('are functions over the table, their lengths in the largest unit', () => {
    expect(clicks.window(tumble('at', 90_000)).toSql()).toBe(
      from(`TUMBLE(${table}, DESCRIPTOR(\`at\`), INTERVAL '90' SECOND)`),
    );
    expect(clicks.window(hop('at', 60_000, 86_400_000)).toSql()).toContain(
      "INTERVAL '1' MINUTE, INTERVAL '1' DAY",
    );
    expect(clicks.window(cumulate('at', 500, 3_600_000)).toSql()).toContain(
      "INTERVAL '0.5' SECOND, INTERVAL '1' HOUR",
    );
    expect(clicks.window(session('at', 1_000, 'id')).toSql()).toContain(`${table} PARTITION BY (id)`);
  });

  it('are grouped by their edges, also over a query', () => {
    const counts = clicks
      .filter((r) => r.id.gt(0))
      .window(tumble('at', 1_000))
      .groupBy((r) => ({ start: r.window_start, end: r.window_end }))
      .select((key) => ({ start: key.start, n: count() }));

    expect(counts.toSql()).toContain(
      'SELECT t.window_start AS `start`, COUNT(*) AS n FROM (SELECT * FROM TABLE(TUMBLE((SELECT',
    );
    expect(() => clicks.window(tumble('at', 0.5))).toThrow(expect.objectContaining({ code: 'API_WINDOW' }));
  });
});

describe('an aggregate over the rows around each row', () => {
  it('has keys, an order and a number of rows', () => {
    const table = rows.select((r) => ({
      n: over(rowNumber(), { partitionBy: [r.name], orderBy: r.day.desc() }),
      x: over(sum(r.x), { orderBy: r.day, rows: 2 }).times(2),
    }));

    expect(table.toSql()).toBe(
      ofRows(
        'ROW_NUMBER() OVER (PARTITION BY t.name ORDER BY t.`day` DESC) AS n, ' +
          'SUM(t.x) OVER (ORDER BY t.`day` ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) * 2 AS x',
      ),
    );
  });

  it('is one call, and sees a whole number of rows', () => {
    const wrong = expect.objectContaining({ code: 'API_WINDOW' });
    expect(() => rows.select((r) => ({ x: over(sum(r.x).times(2), {}) }))).toThrow(wrong);
    expect(() => rows.select((r) => ({ x: over(sum(r.x), { rows: 0.5 }) }))).toThrow(wrong);
  });
});

describe('a lateral join', () => {
  it('has the columns of both sides', () => {
    const words = rows
      .joinLateral('words', (r) => [r.name, lit(2)], defineTable({ word: t.string() }))
      .select((r) => ({ id: r.id, word: r.word.upper() }));

    expect(words.toSql()).toContain('JOIN LATERAL TABLE(words(t.name, 2)) AS f (word) ON TRUE');
  });
});

describe('a function over tables', () => {
  it('gives the rows of each key to a function with state', () => {
    const jumps = rows
      .keyBy('name', 'day')
      .process('jumps', defineTable({ name: t.string(), y: t.double() }));

    expect(jumps.toSql()).toContain(`FROM TABLE(jumps((${ofRows('*')}) PARTITION BY (name, \`day\`))`);
  });

  it('gives the rows of two tables to one function, by the same keys or with one that all keys see', () => {
    const schema = defineTable({ name: t.string(), y: t.double() });
    const keyed = rows.keyBy('name');

    const [table, divided] = [`(${ofRows('*')})`, `(${ofRows('*')}) PARTITION BY (name)`];
    expect(keyed.connect(rows.keyBy('name')).process('pairs', schema).toSql()).toContain(
      `FROM TABLE(pairs(${divided}, ${divided}))`,
    );
    expect(keyed.connect(rows.broadcast()).process('limited', schema).toSql()).toContain(
      `FROM TABLE(limited(${divided}, ${table}))`,
    );
    expect(rows.connect(rows.broadcast()).process('named', schema).toSql()).toContain(
      `FROM TABLE(named(${table}, ${table}))`,
    );
  });

  it('gives the rows of a side output by the same call', () => {
    const schema = defineTable({ name: t.string(), y: t.double() });
    const processed = rows.keyBy('name').process('jumps', schema);

    expect(processed.getSideOutput('small', schema).toSql()).toContain(
      `FROM TABLE(jumps((${ofRows('*')}) PARTITION BY (name), output_tag => 'small'))`,
    );
  });

  it('is called with the query of the table, divided as the options say', () => {
    const mapped = rows.map('gaps', defineTable({ id: t.bigint(), y: t.double() }), {
      partitionBy: ['id'],
      orderBy: ['day', { column: 'x', descending: true }],
      with: [{ table: rows, partitionBy: ['id'] }],
      arguments: { least: 3, wide: -0.5 },
    });

    const table = `(${ofRows('*')}) PARTITION BY (id)`;
    expect(mapped.toSql()).toBe(
      `SELECT t.id AS id, t.y AS y FROM (SELECT * FROM TABLE(gaps(${table} ORDER BY (\`day\`, x DESC), ${table}, ` +
        'least => 3, wide => -5e-1))) AS t',
    );
  });

  it('is a table aggregate of groups whose arguments are columns of the rows', () => {
    const top = rows
      .groupBy((r) => ({ letter: r.name.substring(1, 1) }))
      .flatAggregate('top2', (r) => [r.x.times(2)], defineTable({ letter: t.string(), x: t.double() }));

    const inner = ofRows('SUBSTRING(t.name, 1, 1) AS letter, t.x * 2 AS argument_0');
    expect(top.toSql()).toBe(
      `SELECT t.letter AS letter, t.x AS x FROM (SELECT * FROM TABLE(top2((${inner}) PARTITION BY (letter)))) AS t`,
    );
  });
});
