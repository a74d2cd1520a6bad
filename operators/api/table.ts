/** Tables of the fluent API: each call builds SQL syntax, which the session binds, optimises and runs like any other. */
import { PlanError, printQuery, printStatement } from '../../core/index.js';
import type { StatementResult } from '../session/session-types.js';
import { BroadcastTable, ConnectedTables } from './connected-tables.js';
import type { Expression } from './expression.js';
import { GroupedTable } from './grouped-table.js';
import { insertInto } from './insert-into.js';
import { KeyedTable } from './keyed-table.js';
import { type MapOptions, mapQuery } from './map-call.js';
import { claimedRelation, derivedRelation, fromRelation, inputOf, type Relation } from './relation.js';
import { ownNode, type ProjectedRecord, type Projection, projected, type Row, rowOf } from './row.js';
import { SchemaClaim } from './schema-claim.js';
import { SortKey } from './sort-key.js';
import * as syntax from './syntax.js';
import type { TableHost } from './table-host.js';
import { type ChangedRecord, TableResult } from './table-result.js';
import type { TableSchema } from './table-schema.js';
import { type TimeWindow, windowQuery } from './time-window.js';

/** Record of a table whose columns are known to the planner only. */
export type UntypedRecord = Readonly<Record<string, unknown>>;

const WINDOW_COLUMNS = ['window_start', 'window_end', 'window_time'] as const;
type WindowColumn = (typeof WINDOW_COLUMNS)[number];

type Condition = Expression<boolean | null, 'row'>;
type Nullable<R> = { [K in keyof R]: R[K] | null };
type Merged<L, R> = { [K in keyof L | keyof R]: K extends keyof R ? R[K] : K extends keyof L ? L[K] : never };
/** Both sides of a join may have a name only where a projection says what becomes of it. */
type Distinct<L, R> =
  Extract<keyof L, keyof R> extends never
    ? unknown
    : { readonly 'give a projection: both tables have': Extract<keyof L, keyof R> };
/** A sink takes records that have just its columns, and NULL only where it does. */
export type Accepts<T, R> = [R, keyof R] extends [T, keyof T]
  ? unknown
  : { readonly 'the table takes other records': T };
type Inserted = Extract<StatementResult, { kind: 'inserted' }>;
type SortKeys = SortKey<'row'> | Expression<unknown, 'row'>;
type Renamed<R, M> = { [K in keyof R as K extends keyof M ? (M[K] extends string ? M[K] : K) : K]: R[K] };

/** Rows with the record type `R`. Immutable: every method gives a new table, and nothing runs before `execute`. */
export class Table<R extends object = UntypedRecord> {
  constructor(
    private readonly host: TableHost,
    /** @internal */
    readonly relation: Relation,
  ) {}

  /** New columns: `select(r => ({ id: r.id, y: score(r.x) }))`. */
  select<C extends Projection<'row'>>(project: (row: Row<R>) => C): Table<ProjectedRecord<C>> {
    const input = inputOf(this.relation, 't');
    const columns = projected(project(rowOf(input)), [input]);
    return this.#derived(
      syntax.query(
        syntax.select(
          columns.map(({ node, name }) => syntax.item(node, name)),
          this.#from(),
        ),
      ),
      columns.map(({ name }) => name),
    );
  }

  /** The rows for which the condition is TRUE, not NULL. */
  filter(condition: (row: Row<R>) => Condition): Table<R> {
    const input = inputOf(this.relation, 't');
    const where = ownNode(condition(rowOf(input)), [input], 'The condition');
    return this.#derived(syntax.query(syntax.select([], this.#from(), { where })), this.relation.columns);
  }

  /** SQL's word for `filter`. */
  where(condition: (row: Row<R>) => Condition): Table<R> {
    return this.filter(condition);
  }

  /** Groups of rows by the values of `keys`; without keys, all rows are one group. `select` of the result gives rows. */
  groupBy(): GroupedTable<R, Record<never, never>>;
  groupBy<K extends Projection<'row'>>(keys: (row: Row<R>) => K): GroupedTable<R, ProjectedRecord<K>>;
  groupBy(keys?: (row: Row<R>) => Projection<'row'>): GroupedTable<R, object> {
    return new GroupedTable(
      this.relation,
      keys ?? null,
      (query, columns) => this.#derived(query, columns),
      (query, schema) => this.#claimed(query, schema, [this.relation]),
    );
  }

  /**
   * What a Python function over tables makes of this one (`FROM name(TABLE …)`): whole groups of rows, batches of
   * them, or several tables together. `schema` names columns of its result: the keys of `partitionBy` and the
   * function's own; it is checked before anything runs.
   *
   * `prices.map('changes', defineTable({ item: t.string(), change: t.bigint() }), { partitionBy: ['item'] })`
   */
  map<O extends object>(
    name: string,
    schema: TableSchema<O>,
    options: MapOptions<Extract<keyof R, string>> = {},
  ): Table<O> {
    const tables = [this.relation, ...(options.with ?? []).map(({ table }) => table.relation)];
    return this.#claimed(mapQuery(name, this.relation, options), schema, tables);
  }

  /**
   * The rows with the windows of time that they are in, `window_start`, `window_end` and `window_time` beside them:
   * `clicks.window(tumble('at', 60_000)).groupBy((r) => ({ start: r.window_start, end: r.window_end })).select(…)`.
   * Grouped by start and end, a stream gives the row of a window when that has passed.
   * @throws {PlanError} API_WINDOW for a length that is not a whole number of milliseconds above 0
   */
  window<T extends Extract<keyof R, string>>(
    window: TimeWindow<T>,
  ): Table<R & { [K in WindowColumn]: NonNullable<R[T]> }> {
    const { columns } = this.relation;
    return this.#derived(
      windowQuery(this.relation, window),
      columns === null ? null : [...columns, ...WINDOW_COLUMNS],
    );
  }

  /**
   * Each row beside the rows that the table function `name` gives for it (`JOIN LATERAL TABLE(…) ON TRUE`):
   * `lines.joinLateral('words', (r) => [r.text], defineTable({ word: t.string() }))`. `schema` has all columns of the function in its
   * order; it is checked before anything runs.
   */
  joinLateral<O extends object>(
    name: string,
    args: (row: Row<R>) => readonly Expression<unknown, 'row'>[],
    schema: TableSchema<O>,
  ): Table<Merged<R, O>> {
    const input = inputOf(this.relation, 't');
    const given = args(rowOf(input)).map((arg, i) =>
      syntax.argument(ownNode(arg, [input], `Argument ${i + 1}`)),
    );
    const names = schema.columns.map((column) => column.name);
    const call = syntax.lateralFunction(name, given, 'f', names);
    const from = syntax.join('inner', this.#from(), call, syntax.boolean(true));
    const query = syntax.query(syntax.select([], from));
    const claim = new SchemaClaim(this.host, printQuery(query), schema.columns);
    const { columns } = this.relation;
    const joined = derivedRelation(query, columns === null ? null : [...columns, ...names], [this.relation]);
    return new Table(this.host, { ...joined, claims: [...joined.claims, claim] });
  }

  /** The rows by the values of columns, for a function with state: `payments.keyBy('card').process(…)`. */
  keyBy(...keys: readonly Extract<keyof R, string>[]): KeyedTable<R> {
    return new KeyedTable(this, keys);
  }

  /** The rows for all keys of another table to see: `payments.keyBy('card').connect(limits.broadcast())`. */
  broadcast(): BroadcastTable<R> {
    return new BroadcastTable(this);
  }

  /** These rows beside those of a broadcast table, for a function without keys: `clicks.connect(names.broadcast()).process(…)`. */
  connect<Q extends object>(other: BroadcastTable<Q>): ConnectedTables {
    return new ConnectedTables(
      { table: this as unknown as Table<never>, division: {} },
      { table: other.table as unknown as Table<never>, division: {} },
    );
  }

  /**
   * Pairs of rows for which `on` is TRUE. Without `project` a row has the columns of both, which then share no name.
   * @throws {PlanError} JOIN_COLUMNS where they do
   */
  join<Q extends object>(
    right: Table<Q> & Distinct<R, Q>,
    on: (left: Row<R>, right: Row<Q>) => Condition,
  ): Table<Merged<R, Q>>;
  join<Q extends object, C extends Projection<'row'>>(
    right: Table<Q>,
    on: (left: Row<R>, right: Row<Q>) => Condition,
    project: (left: Row<R>, right: Row<Q>) => C,
  ): Table<ProjectedRecord<C>>;
  join(right: unknown, on: unknown, project?: unknown): unknown {
    return this.#join('inner', right as Table<never>, on as On, project as Project | undefined);
  }

  /** As `join`, and rows of this table without a partner once, with NULL for the columns of `right`. */
  leftJoin<Q extends object>(
    right: Table<Q> & Distinct<R, Q>,
    on: (left: Row<R>, right: Row<Q>) => Condition,
  ): Table<Merged<R, Nullable<Q>>>;
  leftJoin<Q extends object, C extends Projection<'row'>>(
    right: Table<Q>,
    on: (left: Row<R>, right: Row<Q>) => Condition,
    project: (left: Row<R>, right: Row<Nullable<Q>>) => C,
  ): Table<ProjectedRecord<C>>;
  leftJoin(right: unknown, on: unknown, project?: unknown): unknown {
    return this.#join('left', right as Table<never>, on as On, project as Project | undefined);
  }

  /**
   * Sorted rows: `orderBy(r => [r.x.desc(), r.id])`. The order holds for `limit` and for the result; a later
   * `select`, `filter` or `join` need not keep it.
   */
  orderBy(keys: (row: Row<R>) => SortKeys | readonly SortKeys[]): Table<R> {
    const input = inputOf(this.relation, 't');
    const orderBy = [keys(rowOf(input))].flat().map((key: SortKeys) => {
      const { expression, descending, nulls } = key instanceof SortKey ? key : new SortKey(key, false, null);
      const node = ownNode(expression, [input], 'The sort key');
      return { span: node.span, expression: node, descending, nulls };
    });
    const query = syntax.query(syntax.select([], this.#from()));
    return this.#derived({ ...query, orderBy }, this.relation.columns);
  }

  /**
   * At most `rows` rows, after `offset` that are left out. Which ones is certain after `orderBy` only.
   * @throws {PlanError} API_LIMIT for a number that is not whole or negative
   */
  limit(rows: number, offset = 0): Table<R> {
    const count = (value: number) => {
      if (Number.isSafeInteger(value) && value >= 0) return syntax.number('integer', String(value));
      throw new PlanError('API_LIMIT', `limit was given ${value}; it takes whole numbers from 0.`);
    };
    const isFree = this.relation.query.limit === null && this.relation.query.offset === null;
    const query = isFree ? this.relation.query : syntax.query(syntax.select([], this.#from()));
    const limited = { ...query, limit: count(rows), offset: offset === 0 ? null : count(offset) };
    return this.#derived(limited, this.relation.columns);
  }

  /**
   * Other names for some columns: `as({ id: 'flight' })`.
   * @throws {SqlError} SQL_UNKNOWN_COLUMN; {PlanError} API_PROJECTION where the names of this table are not known
   */
  as<const M extends { readonly [K in keyof R]?: string }>(names: M): Table<Renamed<R, M>> {
    const row = rowOf<UntypedRecord, 'row'>(inputOf(this.relation, 't'));
    for (const name of Object.keys(names)) row[name];
    return this.select((all) => {
      const entries = Object.entries<Expression<unknown, 'row'>>(all);
      return Object.fromEntries(
        entries.map(([name, column]) => [(names as Record<string, string>)[name] ?? name, column]),
      );
    }) as unknown as Table<Renamed<R, M>>;
  }

  /** The result, as an async iterable of Arrow record batches or of records; each iteration runs the query. */
  execute(): TableResult<R> {
    return new TableResult(async () => {
      await this.#check();
      return this.host.query(this.toSql());
    });
  }

  /**
   * The result of a query over a stream as its rows change: each iteration runs it, leaving one stops it. Where the input ends, the
   * rows that are left then come, all of them as `+I`.
   */
  toChangelog(): AsyncIterable<ChangedRecord<R>> {
    return { [Symbol.asyncIterator]: () => this.execute().changes() };
  }

  /**
   * Runs the query into a table of the catalog: by name, columns by position; or given as a `Table`, columns by name.
   * Resolves when all rows are written.
   * @throws {PlanError} API_TARGET for a table without a name of its own
   */
  async executeInsert<T extends object>(target: string | (Table<T> & Accepts<T, R>)): Promise<Inserted> {
    await this.#check();
    const into = typeof target === 'string' ? target : target.relation;
    return this.host.insert(printStatement(insertInto(into, this.relation)));
  }

  /** The stages that would run, and what is shipped to Python. */
  async explain(): Promise<string> {
    await this.#check();
    return this.host.explain(this.toSql());
  }

  /** The query as SQL text, which `millstream run` and Flink read too. */
  toSql(): string {
    return printQuery(this.relation.query);
  }

  #join(type: 'inner' | 'left', right: Table<never>, on: On, project: Project | undefined): Table<object> {
    const inputs = [inputOf(this.relation, 'l'), inputOf(right.relation, 'r')] as const;
    const rows: [never, never] = [rowOf(inputs[0]) as never, rowOf(inputs[1]) as never];
    const condition = ownNode(on(...rows), inputs, 'The join condition');
    const columns = projected(project === undefined ? bothSides(...inputs, rows) : project(...rows), inputs);
    const from = syntax.join(
      type,
      fromRelation(this.relation, 'l'),
      fromRelation(right.relation, 'r'),
      condition,
    );
    return this.#derived(
      syntax.query(
        syntax.select(
          columns.map(({ node, name }) => syntax.item(node, name)),
          from,
        ),
      ),
      columns.map(({ name }) => name),
      [this.relation, right.relation],
    );
  }

  #from() {
    return fromRelation(this.relation, 't');
  }

  #derived<D extends object>(
    query: Relation['query'],
    columns: Relation['columns'],
    of: readonly Relation[] = [this.relation],
  ): Table<D> {
    return new Table(this.host, derivedRelation(query, columns, of));
  }

  #claimed<D extends object>(
    query: Relation['query'],
    schema: TableSchema<D>,
    of: readonly Relation[],
  ): Table<D> {
    const claim = new SchemaClaim(this.host, printQuery(query), schema.columns);
    const columns = schema.columns.map(({ name }) => name);
    const claimed = claimedRelation(query, columns, claim, null);
    return new Table(this.host, { ...claimed, claims: [...of.flatMap(({ claims }) => claims), claim] });
  }

  async #check(): Promise<void> {
    for (const claim of this.relation.claims) await claim.check();
  }
}

/** Inside, rows of a join have no record types: the overloads have them. */
type On = (left: never, right: never) => Condition;
type Project = (left: never, right: never) => Projection<'row'>;

/** All columns of both rows. */
function bothSides(
  left: ReturnType<typeof inputOf>,
  right: ReturnType<typeof inputOf>,
  [leftRow, rightRow]: readonly [object, object],
): Projection<'row'> {
  const shared = left.columns?.filter((name) => right.columns?.includes(name)) ?? [];
  if (left.columns === null || right.columns === null || shared.length > 0) {
    const reason =
      shared.length > 0
        ? `Both tables have a column ${shared.join(', ')}`
        : 'The columns of a table are not known';
    throw new PlanError('JOIN_COLUMNS', `${reason}, and the join has no projection.`, {
      hint: 'Say what a row has: join(right, on, (l, r) => ({ … })), or rename with as({ … }).',
    });
  }
  return { ...leftRow, ...rightRow };
}
