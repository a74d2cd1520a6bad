/** Random queries over the tables `t` and `u` whose final rows do not depend on the mode in which they run. */
import { SeededRandom } from '../../support/seeded-random.js';
import { type Column, type ColumnType, TYPES } from './column.js';
import { isConstant, RandomExpressions } from './expressions.js';
import { EVENTS } from './tables.js';

/** A query that may stand in FROM. */
interface Relation {
  /** A query, or the name of a table. */
  readonly sql: string;
  readonly isTable: boolean;
  readonly columns: readonly Column[];
  /** The column that is event time of rows that only come; null: none is. */
  readonly time: string | null;
  /** Columns by which no two rows are equal; null: not known. */
  readonly unique: readonly string[] | null;
}

interface Output extends Column {
  readonly sql: string;
}

/** A query of up to `depth` operators in each other. */
export function randomQuery(seed: number, depth: number): string {
  const { sql, isTable } = new RandomQueries(new SeededRandom(seed)).relation(depth);
  return isTable ? `SELECT * FROM ${sql}` : sql;
}

class RandomQueries {
  readonly #expressions: RandomExpressions;
  #names = 0;

  constructor(private readonly random: SeededRandom) {
    this.#expressions = new RandomExpressions(random);
  }

  relation(depth: number): Relation {
    const { random } = this;
    if (depth <= 0) return this.#table();
    const input = this.relation(depth - 1 - random.int(0, 1));
    const other = () => this.relation(depth - 1 - random.int(0, 1));
    return random.pick([
      () => this.#project(input),
      () => this.#filter(input),
      () => this.#group(input),
      () => this.#groupingSets(input),
      () => this.#distinct(input),
      () => this.#join(input, other()),
      () => this.#intervalJoin(input, other()),
      () => this.#semiJoin(input, other()),
      () => this.#scalarSubquery(input, other()),
      () => this.#setOperation(input, other()),
      () => this.#topN(input),
      () => this.#deduplicated(input),
      () => this.#over(input),
      () => this.#windows(input),
      () => this.#unnest(input),
    ])();
  }

  #table(): Relation {
    return { sql: this.random.pick(['t', 'u']), isTable: true, columns: EVENTS, time: 'ts', unique: ['id'] };
  }

  #project(input: Relation): Relation {
    const keptTime = input.time === null ? [] : [this.#kept(input, input.time)];
    const keptKeys = (input.unique ?? []).map((name) => this.#kept(input, name));
    const made = this.#times(1, 4, () => this.#expression(input.columns));
    const outputs = [...keptTime, ...keptKeys, ...made];
    return {
      ...this.#select(outputs, `FROM ${this.#from(input)}`),
      time: keptTime[0]?.name ?? null,
      unique: input.unique === null ? null : keptKeys.map(({ name }) => name),
    };
  }

  #filter(input: Relation): Relation {
    const condition = this.#expressions.of(input.columns, 'boolean');
    return { ...input, isTable: false, sql: `SELECT * FROM ${this.#from(input)} WHERE ${condition}` };
  }

  #group(input: Relation): Relation {
    const keys = this.#times(0, 2, () => this.#expression(input.columns)).filter(
      ({ sql }) => !isConstant(sql),
    );
    const calls = this.#times(1, 3, () => this.#aggregate(input.columns));
    const from = `FROM ${this.#from(input)}`;
    // The total of no rows is one that a stream never says.
    const tail =
      keys.length === 0 ? 'HAVING COUNT(*) > 0' : `GROUP BY ${keys.map(({ sql }) => sql).join(', ')}`;
    return { ...this.#select([...keys, ...calls], `${from} ${tail}`), unique: keys.map(({ name }) => name) };
  }

  #groupingSets(input: Relation): Relation {
    const [a, b] = [this.random.pick(input.columns), this.random.pick(input.columns)];
    if (a === b) return input;
    const keys = [a, b].map(({ name }) => this.#kept(input, name));
    const calls = this.#times(1, 2, () => this.#aggregate(input.columns));
    const sets = `GROUPING SETS ((${a.name}), (${a.name}, ${b.name}))`;
    return this.#select([...keys, ...calls], `FROM ${this.#from(input)} GROUP BY ${sets}`);
  }

  #distinct(input: Relation): Relation {
    const outputs = this.#times(1, 2, () => this.#expression(input.columns));
    const select = this.#select(outputs, `FROM ${this.#from(input)}`);
    return {
      ...select,
      sql: select.sql.replace('SELECT', 'SELECT DISTINCT'),
      unique: outputs.map(({ name }) => name),
    };
  }

  #join(left: Relation, right: Relation, bound: ((l: string, r: string) => string) | null = null): Relation {
    const { random } = this;
    const sides = [left, right].map((relation, i) => {
      const alias = this.#name(i === 0 ? 'l' : 'r');
      const outputs = relation.columns.map(({ name, type }) => ({
        sql: `${alias}.${name}`,
        type,
        name: this.#name(),
      }));
      return { relation, alias, outputs };
    });
    const [l, r] = sides as [(typeof sides)[0], (typeof sides)[0]];
    const pairs = l.outputs.flatMap((x) =>
      r.outputs.filter(({ type }) => type === x.type && type !== 'double').map((y) => [x, y] as const),
    );
    if (pairs.length === 0) return left;
    const [x, y] = random.pick(pairs);
    const both = [...l.outputs, ...r.outputs];
    const extra = random.chance(0.4)
      ? ` AND ${this.#expressions.of(
          both.map(({ sql, type }) => ({ name: sql, type })),
          'boolean',
          1,
        )}`
      : '';
    const within = bound === null ? '' : ` AND ${bound(l.alias, r.alias)}`;
    const type = random.pick(['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN']);
    const keys = sides.flatMap(({ relation, outputs }) =>
      outputs.filter((_, i) => relation.unique?.includes(relation.columns[i]!.name)),
    );
    const kept = both.filter((output) => keys.includes(output) || random.chance(0.5));
    const from = `FROM ${this.#from(left, l.alias)} ${type} ${this.#from(right, r.alias)} ON ${x.sql} = ${y.sql}${within}${extra}`;
    const isUnique = left.unique !== null && right.unique !== null;
    return {
      ...this.#select(kept.length === 0 ? [x] : kept, from),
      unique: isUnique ? keys.map(({ name }) => name) : null,
    };
  }

  #intervalJoin(left: Relation, right: Relation): Relation {
    if (left.time === null || right.time === null) return left;
    const [before, after] = [this.random.int(1, 9), this.random.int(0, 9)];
    return this.#join(
      left,
      right,
      (l, r) =>
        `${l}.${left.time} BETWEEN ${r}.${right.time} - INTERVAL '${before}' SECOND AND ${r}.${right.time} + INTERVAL '${after}' SECOND`,
    );
  }

  #semiJoin(input: Relation, other: Relation): Relation {
    const { random } = this;
    const types = (['integer', 'text'] as const).filter((type) =>
      [input, other].every(({ columns }) => columns.some((column) => column.type === type)),
    );
    if (types.length === 0) return input;
    const type = random.pick(types);
    const [outer, inner] = [this.#name('o'), this.#name('i')];
    const [x, y] = [
      this.#expressions.column(input.columns, type),
      this.#expressions.column(other.columns, type),
    ];
    const condition = this.#expressions.of(
      other.columns.map((column) => ({ ...column, name: `${inner}.${column.name}` })),
      'boolean',
      1,
    );
    const subquery = `FROM ${this.#from(other, inner)} WHERE ${condition}`;
    const where = random.pick([
      `${outer}.${x} IN (SELECT ${inner}.${y} ${subquery})`,
      `EXISTS (SELECT * ${subquery} AND ${inner}.${y} = ${outer}.${x})`,
      `NOT EXISTS (SELECT * ${subquery} AND ${inner}.${y} = ${outer}.${x})`,
    ]);
    return this.#changing(input, `SELECT * FROM ${this.#from(input, outer)} WHERE ${where}`);
  }

  #scalarSubquery(input: Relation, other: Relation): Relation {
    const { random } = this;
    if (![input, other].every(({ columns }) => columns.some(({ type }) => type === 'integer'))) return input;
    const [x, y] = [input, other].map(({ columns }) => this.#expressions.column(columns, 'integer'));
    const one = `(SELECT ${random.pick(['MAX', 'MIN', 'AVG'])}(${y}) FROM ${this.#from(other)})`;
    return this.#changing(
      input,
      `SELECT * FROM ${this.#from(input)} WHERE ${x} ${random.pick(['<', '>=', '='])} ${one}`,
    );
  }

  #setOperation(left: Relation, right: Relation): Relation {
    const operator = this.random.pick([
      'UNION ALL',
      'UNION',
      'INTERSECT',
      'EXCEPT',
      'INTERSECT ALL',
      'EXCEPT ALL',
    ]);
    const columns = this.#times(1, 3, () => ({ name: this.#name(), type: this.random.pick(TYPES) }));
    const side = (relation: Relation) =>
      this.#select(
        columns.map((column) => ({ ...column, sql: this.#expressions.of(relation.columns, column.type, 1) })),
        `FROM ${this.#from(relation)}`,
      ).sql;
    return {
      sql: `${side(left)} ${operator} ${side(right)}`,
      isTable: false,
      columns,
      time: null,
      unique: null,
    };
  }

  #topN(input: Relation): Relation {
    if (input.unique === null) return input;
    const { random } = this;
    const partition = random.chance(0.8) ? `PARTITION BY ${random.pick(input.columns).name} ` : '';
    const order = [
      `${random.pick(input.columns).name} ${random.pick(['ASC', 'DESC'])}`,
      ...input.unique,
    ].join(', ');
    return this.#ranked(input, `${partition}ORDER BY ${order}`, `<= ${random.int(1, 4)}`);
  }

  #deduplicated(input: Relation): Relation {
    if (input.time === null) return input;
    const order = `${input.time} ${this.random.pick(['ASC', 'DESC'])}`;
    if (!input.isTable) return input;
    return this.#ranked(input, `PARTITION BY ${this.random.pick(['k', 'g', 'b'])} ORDER BY ${order}`, '= 1');
  }

  #ranked(input: Relation, window: string, condition: string): Relation {
    const number = this.#name('n');
    const names = input.columns.map(({ name }) => name);
    const rows = `(SELECT *, ROW_NUMBER() OVER (${window}) AS ${number} FROM ${this.#from(input)})`;
    return this.#changing(input, `SELECT ${names.join(', ')} FROM ${rows} WHERE ${number} ${condition}`);
  }

  #over(input: Relation): Relation {
    if (input.time === null || !input.isTable) return input;
    const { random } = this;
    const integer = this.#expressions.of(input.columns, 'integer', 1);
    const [sql, type] = random.pick<readonly [(window: string) => string, ColumnType]>([
      [
        (w) =>
          `SUM(${integer}) OVER (${w} RANGE BETWEEN INTERVAL '${random.int(5, 20)}' SECOND PRECEDING AND CURRENT ROW)`,
        'integer',
      ],
      [(w) => `MAX(${integer}) OVER (${w} RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`, 'integer'],
      [(w) => `COUNT(*) OVER (${w} ROWS BETWEEN ${random.int(1, 4)} PRECEDING AND CURRENT ROW)`, 'integer'],
      [(w) => `SUM(${integer}) OVER (${w} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW)`, 'integer'],
      [(w) => `LAG(g) OVER (${w})`, 'text'],
    ]);
    const window = `PARTITION BY ${random.pick(input.columns).name} ORDER BY ${input.time}`;
    const made = { sql: sql(window), type, name: this.#name() };
    const kept = input.columns.map((column) => ({ ...column, sql: column.name }));
    return {
      ...this.#select([...kept, made], `FROM ${this.#from(input)}`),
      time: input.time,
      unique: input.unique,
    };
  }

  #windows(input: Relation): Relation {
    if (!input.isTable) return input;
    const { random } = this;
    const of = (name: string, lengths: string, table = input.sql) =>
      `${name}(TABLE ${table}, DESCRIPTOR(ts), ${lengths})`;
    const seconds = (count: number) => `INTERVAL '${count}' SECOND`;
    const isSession = random.chance(0.25);
    const window = isSession
      ? of('SESSION', seconds(random.int(3, 9)), `${input.sql} PARTITION BY k`)
      : random.pick([
          of('TUMBLE', seconds(random.int(5, 30))),
          of('HOP', `${seconds(10)}, ${seconds(random.pick([20, 30, 40]))}`),
          of('CUMULATE', `${seconds(10)}, ${seconds(60)}`),
        ]);
    const keys = (isSession ? ['k'] : random.pick([[], ['k'], ['g'], ['k', 'b']])).map((name) =>
      this.#kept(input, name),
    );
    const bounds = ['window_start', 'window_end'].map((sql) => ({
      sql,
      name: this.#name(),
      type: 'time' as const,
    }));
    const calls = this.#times(1, 3, () => this.#aggregate(input.columns));
    const where = random.chance(0.4) ? ` WHERE ${this.#expressions.of(input.columns, 'boolean')}` : '';
    const groups = ['window_start', 'window_end', ...keys.map(({ sql }) => sql)].join(', ');
    return {
      ...this.#select([...bounds, ...keys, ...calls], `FROM TABLE(${window})${where} GROUP BY ${groups}`),
      unique: [...bounds, ...keys].map(({ name }) => name),
    };
  }

  #unnest(input: Relation): Relation {
    const type = this.random.pick(['integer', 'text'] as const);
    const elements = [1, 2].map(() => this.#expressions.of(input.columns, type, 1)).join(', ');
    const made = { name: this.#name(), type };
    const names = [...input.columns, made].map(({ name }) => name).join(', ');
    return {
      sql: `SELECT ${names} FROM ${this.#from(input)} CROSS JOIN UNNEST(ARRAY[${elements}]) AS ${this.#name('z')}(${made.name})`,
      isTable: false,
      columns: [...input.columns, made],
      time: null,
      unique: null,
    };
  }

  /** Rows of the input, which may come and go. */
  #changing(input: Relation, sql: string): Relation {
    return { ...input, sql, isTable: false, time: null };
  }

  #select(outputs: readonly Output[], tail: string): Relation {
    const list = outputs.map(({ sql, name }) => (sql === name ? sql : `${sql} AS ${name}`)).join(', ');
    return { sql: `SELECT ${list} ${tail}`, isTable: false, columns: outputs, time: null, unique: null };
  }

  #from({ sql, isTable }: Relation, alias = this.#name('q')): string {
    return isTable ? `${sql} AS ${alias}` : `(${sql}) AS ${alias}`;
  }

  #kept(input: Relation, name: string): Output {
    const { type } = input.columns.find((column) => column.name === name)!;
    return { sql: name, type, name: this.#name() };
  }

  #expression(columns: readonly Column[]): Output {
    const type = this.random.pick(TYPES);
    return { sql: this.#expressions.of(columns, type), type, name: this.#name() };
  }

  #aggregate(columns: readonly Column[]): Output {
    return { ...this.#expressions.aggregate(columns), name: this.#name() };
  }

  #times<T>(least: number, most: number, make: () => T): T[] {
    return Array.from({ length: this.random.int(least, most) }, make);
  }

  #name(prefix = 'c'): string {
    return `${prefix}${this.#names++}`;
  }
}
