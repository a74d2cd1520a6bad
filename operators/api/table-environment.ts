/** The entry point of TypeScript programs: one session with its catalog and warm workers, and the tables in it. */
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as arrow from 'apache-arrow';
import {
  CancelledError,
  type Column,
  ConfigurationError,
  PlanError,
  parseScript,
  parseStatement,
  printQuery,
  printStatement,
  type QueryNode,
  SourceError,
} from '../../core/index.js';
import { Session } from '../session/session.js';
import type { RowsResult, StatementResult } from '../session/session-types.js';
import { type MemoryRows, MemorySource } from '../sources/memory.js';
import { type ArrowInput, recordBatchesOf } from './arrow-input.js';
import { columnsOfArrow, type RecordOfArrow } from './arrow-type.js';
import { type EnvironmentOptions, sessionOptions } from './environment-options.js';
import { firstOf } from './first-of.js';
import { type Items, rowsOfArrow, rowsOfRecords } from './memory-rows.js';
import { registerPythonFile } from './python-file.js';
import {
  type PythonFunction,
  type PythonFunctions,
  pythonFunction,
  type Signatures,
} from './python-function.js';
import { claimedRelation, namedRelation } from './relation.js';
import { SchemaClaim } from './schema-claim.js';
import { sessionHost } from './session-host.js';
import { StatementSet } from './statement-set.js';
import * as syntax from './syntax.js';
import { Table, type UntypedRecord } from './table.js';
import type { TableHost } from './table-host.js';
import { TableResult } from './table-result.js';
import type { RecordInput, TableSchema } from './table-schema.js';

/** What the last statement of a text gave. */
export type SqlResult =
  | Exclude<StatementResult, RowsResult>
  | { readonly kind: 'rows'; readonly result: TableResult<UntypedRecord> };

type UntypedFunctions = Readonly<Record<string, PythonFunction<readonly unknown[], unknown>>>;

/** Close it, or write `await using`: it owns worker processes and temporary files. */
export class TableEnvironment {
  readonly #session: Session;
  readonly #host: TableHost;
  readonly #workingDirectory: string;
  readonly #abort: AbortController;
  readonly #memory = new Map<string, MemoryRows>();

  private constructor(session: Session, workingDirectory: string, abort: AbortController) {
    this.#session = session;
    this.#workingDirectory = workingDirectory;
    this.#abort = abort;
    this.#host = sessionHost(session, () => this.#checkOpen());
    session.addSource(
      'memory',
      (stage, job) => new MemorySource(stage, job, this.#rows(stage.options['table'])),
      ({ options }) => !this.#rows(options['table']).isOneShot,
    );
  }

  /**
   * Opens an environment; no process is started before a statement needs one.
   * @throws {ConfigurationError} for a key of `configuration` that is unknown or has a wrong value
   */
  static async create(options: EnvironmentOptions = {}): Promise<TableEnvironment> {
    const abort = new AbortController();
    const signal =
      options.signal === undefined ? abort.signal : AbortSignal.any([abort.signal, options.signal]);
    const resolved = sessionOptions(options, signal);
    return new TableEnvironment(await Session.open(resolved), resolved.workingDirectory, abort);
  }

  /**
   * Runs the statements of a text in order and gives what the last one gave; rows run when they are taken.
   * @throws {PlanError} API_QUERY for a query before the last statement: nobody could read its rows
   */
  async executeSql(sql: string): Promise<SqlResult> {
    this.#checkOpen();
    const statements = parseScript(sql);
    const early = statements.slice(0, -1).some(({ kind }) => kind === 'query_statement');
    if (early) {
      throw new PlanError(
        'API_QUERY',
        'A query stands before the last statement, where nobody can read its rows.',
        {
          hint: 'Use sqlQuery for it, or INSERT INTO a table.',
        },
      );
    }
    let last: SqlResult = { kind: 'ok', statement: sql, message: null };
    for await (const result of this.#session.execute(sql)) {
      last = result.kind === 'rows' ? { kind: 'rows', result: this.#resultOf(sql, result) } : result;
    }
    return last;
  }

  /**
   * The rows of a query. With a schema they are typed, and the query is checked against it before it runs; it may
   * have more columns than the schema.
   * @throws {PlanError} API_QUERY where the text is not one query
   */
  sqlQuery(sql: string): Table;
  sqlQuery<R extends object>(sql: string, schema: TableSchema<R>): Table<R>;
  sqlQuery(sql: string, schema?: TableSchema<object>): unknown {
    const statement = parseStatement(sql);
    if (statement.kind !== 'query_statement') {
      throw new PlanError('API_QUERY', 'sqlQuery takes a query, and this is another statement.', {
        hint: 'Use executeSql.',
      });
    }
    return this.#tableOf(statement.query, null, schema);
  }

  /** A set to add inserts to, which then run as one job. */
  createStatementSet(): StatementSet {
    return new StatementSet(this.#host);
  }

  /** A table or view of the catalog, `name` or `database.name`. With a schema its rows are typed, as in `sqlQuery`. */
  from(name: string): Table;
  from<R extends object>(name: string, schema: TableSchema<R>): Table<R>;
  from(name: string, schema?: TableSchema<object>): unknown {
    const path = name.split('.');
    const relation = namedRelation(path, null);
    return schema === undefined
      ? new Table(this.#host, relation)
      : this.#tableOf(relation.query, path, schema);
  }

  /**
   * A temporary table of a connector: `createTemporaryTable('flights', schema, { connector: 'filesystem', … })`. What it
   * returns is read as a table and is a typed target of `executeInsert`.
   * @throws {SqlError} SQL_EXISTS for a name that is taken
   */
  createTemporaryTable<R extends object>(
    name: string,
    schema: TableSchema<R>,
    options: Readonly<Record<string, string>> & { readonly connector: string },
  ): Table<R> {
    return this.#register(name, schema.columns, options);
  }

  /** A name for a table's query, for SQL. @throws {SqlError} SQL_EXISTS for a name that is taken */
  async createTemporaryView<R extends object>(name: string, table: Table<R>): Promise<void> {
    const { query } = table.relation;
    const statement = printStatement({
      kind: 'create_view',
      orReplace: false,
      span: query.span,
      temporary: true,
      ifNotExists: false,
      name: syntax.objectName(name),
      columns: [],
      comment: null,
      query,
    });
    await this.executeSql(statement);
  }

  /**
   * Records of the program as a table. They are read when a query runs, at its pace, and checked against the schema;
   * an iterator or generator can be read by one query only.
   */
  fromRecords<R extends object>(records: Items<RecordInput<R>>, schema: TableSchema<R>): Table<R> {
    return this.#fromMemory(rowsOfRecords(records as Items<object>, schema.columns), schema.columns);
  }

  /**
   * Arrow data of the program as a table; its first batch is read for the schema, the rest when a query runs. Without
   * types known to the compiler, `cast` columns or read the table through `from` with a schema.
   * @throws {PlanError} ARROW_TYPE; {SourceError} SOURCE_EMPTY where there is not even one batch
   */
  async fromArrow<T extends arrow.TypeMap>(
    data: arrow.Table<T> | arrow.RecordBatch<T> | Items<arrow.Table<T> | arrow.RecordBatch<T>>,
  ): Promise<Table<RecordOfArrow<T>>> {
    const isOne = data instanceof arrow.Table || data instanceof arrow.RecordBatch;
    const { first, items } = await firstOf<ArrowInput>((isOne ? [data] : data) as Items<ArrowInput>);
    const schema =
      first instanceof arrow.Table ? first.schema : recordBatchesOf(first ?? new arrow.Table())[0]?.schema;
    if (schema === undefined) {
      throw new SourceError('SOURCE_EMPTY', 'fromArrow was given no record batch, so there is no schema.', {
        hint: 'Give at least one batch; it may have no rows.',
      });
    }
    return this.#fromMemory(rowsOfArrow(items), columnsOfArrow(schema));
  }

  /**
   * Registers the functions that a Python file declares as temporary functions, under their names in the file, and
   * returns a callable for each. Its types are the signatures you give:
   * `registerPythonFile<{ score(x: number | null): number | null }>('functions.py')`. A path is resolved
   * against the working directory; `new URL('functions.py', import.meta.url)` is the file beside the program.
   * @throws {UdfError} with Python's traceback where the file cannot be imported; {SqlError} SQL_EXISTS
   */
  registerPythonFile(path: string | URL): Promise<UntypedFunctions>;
  registerPythonFile<F extends Signatures<F>>(path: string | URL): Promise<PythonFunctions<F>>;
  async registerPythonFile(path: string | URL): Promise<unknown> {
    this.#checkOpen();
    const file = typeof path === 'string' ? resolve(this.#workingDirectory, path) : fileURLToPath(path);
    const names = await registerPythonFile(this.#session, file);
    return Object.fromEntries(names.map((name) => [name, pythonFunction(name)]));
  }

  /** Cancels what runs, ends the workers and removes temporary files; may be called twice. */
  async close(): Promise<void> {
    this.#abort.abort(new CancelledError('ENVIRONMENT_CLOSED', 'The table environment was closed.'));
    await this.#session.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  #tableOf(
    query: QueryNode,
    target: readonly string[] | null,
    schema: TableSchema<object> | undefined,
  ): Table<object> {
    if (schema === undefined)
      return new Table(this.#host, { query, path: null, target, columns: null, claims: [] });
    const claim = new SchemaClaim(this.#host, printQuery(query), schema.columns);
    const columns = schema.columns.map(({ name }) => name);
    return new Table(this.#host, claimedRelation(query, columns, claim, target));
  }

  #fromMemory<R extends object>(rows: MemoryRows, columns: readonly Column[]): Table<R> {
    const name = `memory_${this.#memory.size + 1}`;
    this.#memory.set(name, rows);
    return this.#register(name, columns, { connector: 'memory', table: name });
  }

  #register<R extends object>(
    name: string,
    columns: readonly Column[],
    options: Readonly<Record<string, string>>,
  ): Table<R> {
    this.#checkOpen();
    const path = this.#session.catalog.qualify([name]);
    this.#session.catalog.createRelation(
      {
        kind: 'table',
        path,
        columns: columns.map((column) => ({ ...column, kind: 'physical', comment: null })),
        watermark: null,
        primaryKey: null,
        partitionedBy: [],
        comment: null,
        options,
      },
      { temporary: true, ifNotExists: false },
    );
    const names = columns.map((column) => column.name);
    return new Table(this.#host, namedRelation([path.catalog, path.database, path.name], names));
  }

  #rows(table: string | undefined): MemoryRows {
    const rows = this.#memory.get(table ?? '');
    if (rows !== undefined) return rows;
    throw new ConfigurationError('OPTION_VALUE', `There is no table '${table}' of the memory connector.`, {
      hint: 'The connector is for fromRecords and fromArrow, which declare their tables.',
    });
  }

  /** The planned rows the first time; a later iteration plans the statement again. */
  #resultOf(sql: string, planned: RowsResult): TableResult<UntypedRecord> {
    const { span } = parseScript(sql).at(-1)!;
    let fresh: RowsResult | null = planned;
    return new TableResult(async () => {
      const result = fresh ?? (await this.#host.query(sql.slice(span.start, span.end)));
      fresh = null;
      return result;
    });
  }

  #checkOpen(): void {
    if (this.#abort.signal.aborted) throw this.#abort.signal.reason;
  }
}
