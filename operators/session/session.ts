/** A session: one catalog, one configuration, one set of warm workers; statements run in it one after the other. */
import { resolve } from 'node:path';
import type { EarlyZygotes } from '../../bridge/index.js';
import {
  CancelledError,
  CatalogManager,
  Configuration,
  type ConnectorTraits,
  type DescribeStatement,
  type ExplainStatement,
  explainQueries,
  type FlinkVersion,
  type FunctionDeclaration,
  type ObjectName,
  type PlanColumn,
  parseEach,
  parseScript,
  type ShowStatement,
  type Statement,
  UdfError,
  untilAborted,
} from '../../core/index.js';
import { openCatalog } from '../catalogs/open-catalog.js';
import type { SourceFactory } from '../registry.js';
import { ResultQueue } from '../sinks/result-queue.js';
import { untilEnded } from '../sinks/until-ended.js';
import { checkEach } from './check-each.js';
import { checkpointSettings } from './checkpoint-settings.js';
import { noteOfCancelled } from './checkpoint-support.js';
import { isLetterQuery } from './dead-letter-tables.js';
import { describeFunction } from './describe-function.js';
import { describedColumns } from './described-columns.js';
import { EngineHost } from './engine-host.js';
import { explainDetails } from './explain-details.js';
import { explainResources } from './explain-resources.js';
import { explainIsolation } from './isolation.js';
import { isJob, type JobStatement, startsJob } from './job-statement.js';
import { jobSummary } from './job-summary.js';
import { listingResult } from './listing-result.js';
import { metricsListener } from './metrics-listener.js';
import { shadowedNote } from './note-shadowed.js';
import { type PlannedJob, type PlanningParts, planJob } from './plan-job.js';
import { statementPortability } from './portability.js';
import { restartSettings } from './restart-settings.js';
import { rowsResult } from './rows-result.js';
import { type RunOutcome, runGraph } from './run-graph.js';
import type {
  JobSession,
  JobSummary,
  PortabilityResult,
  RowsResult,
  SessionOptions,
  StatementResult,
  WrongStatement,
} from './session-types.js';
import { describedFunction } from './show.js';
import { executeSimple, type SimpleStatement } from './simple-statement.js';
import {
  isTableAsQuery,
  isThere,
  type MadeTable,
  makeTable,
  type TableAsQueryStatement,
} from './table-as-query.js';
import { withStatementPlace } from './with-place.js';

/** A job with what plans it once more. */
interface RunnableJob extends PlannedJob {
  readonly again: () => Promise<PlannedJob>;
}

export class Session implements JobSession {
  readonly catalog = new CatalogManager();
  readonly configuration: Configuration;
  readonly #options: SessionOptions;
  readonly #host: EngineHost;
  readonly #sources = new Map<string, SourceFactory>();
  readonly #held = new Map<string, ConnectorTraits['isHeld']>();
  readonly #ending = new AbortController();
  #closed = false;

  private constructor(options: SessionOptions, earlyZygotes: EarlyZygotes | null) {
    this.#options = options;
    this.configuration = new Configuration(options.onNote);
    for (const [key, value] of Object.entries(options.configuration)) {
      this.configuration.set(key, value, 'command line');
    }
    this.#host = new EngineHost({
      configuration: this.configuration,
      workingDirectory: options.workingDirectory,
      jobFolder: options.jobFolder,
      python: options.python,
      onLog: options.onLog,
      onNote: options.onNote,
      signal: options.signal,
      earlyZygotes,
      debug: options.debug ?? null,
      name: options.name,
      onWarning: options.onWarning,
    });
  }

  /**
   * Opens a session; no process is started before a statement needs one. The caller closes it.
   * @param earlyZygotes started by the caller, who ends those that the session has no use for
   * @throws {ConfigurationError} for a key of `configuration` that is unknown or has a wrong value.
   */
  static async open(options: SessionOptions, earlyZygotes: EarlyZygotes | null = null): Promise<Session> {
    return new Session(options, earlyZygotes);
  }

  async *execute(sql: string): AsyncIterable<StatementResult> {
    const statements = parseScript(sql);
    this.#host.planOnly = false;
    const firstJob = statements.findIndex(startsJob);
    for (const [i, statement] of statements.entries()) {
      this.#ending.signal.throwIfAborted();
      this.#host.voice.throwIfStopped();
      // Not before: SET may say with which Python.
      if (i === firstJob) this.#prepareWorkers(statements);
      yield await this.#executeStatement(statement, sql);
    }
    if (firstJob < 0) this.#prepareWorkers(statements);
  }

  async *explain(sql: string): AsyncIterable<StatementResult> {
    const explained = this.#explainer(sql);
    for (const statement of parseScript(sql)) yield await explained(statement);
  }

  check(sql: string): AsyncIterable<StatementResult | WrongStatement> {
    return checkEach(parseEach(sql), this.#explainer(sql), this.#options.signal);
  }

  portability(sql: string, version: FlinkVersion): AsyncIterable<PortabilityResult | WrongStatement> {
    this.#host.planOnly = true;
    const portable = (statement: Statement) =>
      statementPortability(statement, sql, version, {
        jobOf: (job) => this.#jobOf(job, sql),
        // What is noted of a plan is about running it here.
        plan: (job) => this.#plan(job, sql, { options: { ...this.#options, onNote: () => {} } }),
        execute: (other) => this.#executeStatement(other, sql),
      });
    return checkEach(parseEach(sql), portable, this.#options.signal);
  }

  /** What a statement would do, one after the other: definitions and settings take effect, jobs are planned. */
  #explainer(sql: string): (statement: Statement) => Promise<StatementResult> {
    const toBeWritten = new Set<string>();
    this.#host.planOnly = true;
    return async (statement) => {
      const job = await this.#jobOf(statement, sql);
      if (job === null) return this.#executeStatement(statement, sql);
      const planned = await this.#plan(job, sql, { toBeWritten });
      for (const { sink } of planned.queries) {
        const path = sink.kind === 'table' ? sink.table.options.path : undefined;
        if (path !== undefined) toBeWritten.add(resolve(this.#options.workingDirectory, path));
      }
      return { kind: 'explain', text: this.#explained(planned) };
    };
  }

  async declaration(name: string): Promise<FunctionDeclaration> {
    const entry = this.catalog.systemFunction(name) ?? this.catalog.catalogFunction([name]);
    if (entry === null)
      throw new UdfError('UDF_NOT_FOUND', `There is no function '${name}' in this session.`);
    const workers = await this.#host.functionWorkers();
    return (await workers.declare([entry])).get(entry.name)!;
  }

  drain(): void {
    this.#host.voice.isDraining = true;
    this.#ending.abort(
      new CancelledError('CANCELLED', 'The session was ended before all of its statements.'),
    );
  }

  stop(): Promise<string> | null {
    return this.#host.voice.stoppable ? this.#host.voice.stop('checkpoint') : null;
  }

  /** Adds a connector whose rows the program makes. @param isHeld as of `ConnectorTraits` */
  addSource(connector: string, factory: SourceFactory, isHeld: ConnectorTraits['isHeld']): void {
    this.#sources.set(connector, factory);
    this.#held.set(connector, isHeld);
  }

  /** Looks for modules of functions there too, from the next statement on. */
  addModuleFolder(folder: string): void {
    this.#host.addModuleFolder(folder);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await this.#host.close(this.#options.signal.aborted);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  async #executeStatement(statement: Statement, sql: string): Promise<StatementResult> {
    this.#options.signal.throwIfAborted();
    switch (statement.kind) {
      case 'query_statement':
        return this.#query(await this.#runnable(statement, sql));
      case 'insert':
      case 'statement_set':
        return this.#insert(await this.#runnable(statement, sql));
      case 'explain':
        return this.#explainStatement(statement, sql);
      case 'create_table':
        if (isTableAsQuery(statement)) return this.#createTableAs(statement, sql);
        return withStatementPlace(sql, statement, () => this.#executeSimple(statement, sql));
      case 'describe':
        if (statement.object === 'FUNCTION' && statement.extended)
          return this.#describeFunction(statement, sql);
        return this.#executeListing(statement, sql, statement.object === 'TABLE' ? statement.name : null);
      case 'show':
        return this.#executeListing(statement, sql, statement.object === 'COLUMNS' ? statement.name : null);
      default: {
        const note = shadowedNote(statement);
        if (note !== null) this.#options.onNote(note);
        return withStatementPlace(sql, statement, () => this.#executeSimple(statement, sql));
      }
    }
  }

  /** `relation`: the table or view whose columns are listed. */
  async #executeListing(
    statement: DescribeStatement | ShowStatement,
    sql: string,
    relation: ObjectName | null,
  ): Promise<StatementResult> {
    const { catalog, configuration } = this;
    const bound =
      relation === null
        ? null
        : await describedColumns(relation, sql, { catalog, configuration, host: this.#host });
    return withStatementPlace(sql, statement, () => this.#executeSimple(statement, sql, bound));
  }

  #executeSimple(
    statement: SimpleStatement,
    sql: string,
    bound: readonly PlanColumn[] | null = null,
  ): StatementResult {
    const { workingDirectory } = this.#options;
    return executeSimple(statement, sql, {
      catalog: this.catalog,
      configuration: this.configuration,
      workingDirectory,
      planOnly: this.#host.planOnly,
      bound,
      openCatalog: (name, options) =>
        openCatalog(name, options, { workingDirectory, planOnly: () => this.#host.planOnly }),
    });
  }

  /** CREATE TABLE … AS: the table is dropped again where the job fails. */
  async #createTableAs(statement: TableAsQueryStatement, sql: string): Promise<StatementResult> {
    const made = await this.#madeTable(statement, sql);
    const text = sql.slice(statement.span.start, statement.span.end);
    if (made === null) return { kind: 'ok', statement: text, message: null };
    try {
      return await this.#insert(await this.#runnable(made.insert, sql));
    } catch (error) {
      made.undo();
      throw error;
    }
  }

  /** Null where IF NOT EXISTS finds it. */
  async #madeTable(statement: TableAsQueryStatement, sql: string): Promise<MadeTable | null> {
    const { query } = statement;
    if (withStatementPlace(sql, statement, () => isThere(statement, this.catalog))) return null;
    const { queries } = await this.#plan({ kind: 'query_statement', query, span: query.span }, sql);
    const { columns } = queries[0]!.root;
    return withStatementPlace(sql, statement, () => makeTable(statement, sql, this.catalog, columns));
  }

  /** The job that a statement is, or that fills the table it makes; null where it is none. */
  async #jobOf(statement: Statement, sql: string): Promise<JobStatement | null> {
    if (isTableAsQuery(statement)) return (await this.#madeTable(statement, sql))?.insert ?? null;
    return isJob(statement) ? statement : null;
  }

  async #describeFunction(statement: DescribeStatement, sql: string): Promise<StatementResult> {
    const entry = withStatementPlace(sql, statement, () => describedFunction(statement, this.catalog));
    const workers = await this.#host.functionWorkers();
    const declaration = (await workers.declare([entry])).get(entry.name)!;
    const described = describeFunction(declaration, this.configuration, workers.interpreter(entry.name));
    return listingResult(described);
  }

  async #explainStatement(explained: ExplainStatement, sql: string): Promise<StatementResult> {
    const planned = await this.#plan(explained.statement, sql);
    const details = explainDetails(explained.details, planned.graph, this.#options.onNote);
    return { kind: 'explain', text: this.#explained(planned) + details };
  }

  async #runnable(job: JobStatement, sql: string): Promise<RunnableJob> {
    const planned = await this.#plan(job, sql);
    // What was noted of it is known.
    const again = () => this.#plan(job, sql, { options: { ...this.#options, onNote: () => {} } });
    return { ...planned, again };
  }

  async #plan(job: JobStatement, sql: string, other: Partial<PlanningParts> = {}): Promise<PlannedJob> {
    const parts = {
      catalog: this.catalog,
      configuration: this.configuration,
      host: this.#host,
      options: this.#options,
      sources: this.#held,
      toBeWritten: new Set<string>(),
      ...other,
    };
    return untilAborted(
      this.#ending.signal,
      this.#host.voice.plan(() => planJob(job, sql, parts)),
    );
  }

  #query(planned: RunnableJob): RowsResult {
    const { queries, graph, isBounded, tell } = planned;
    const sink = graph.stages.find((stage) => stage.kind === 'sink')!;
    const exchange = graph.exchanges.find((candidate) => candidate.id === sink.inputs[0])!;
    let summary: JobSummary | null = null;
    return rowsResult({
      sink,
      exchange,
      schemas: this.#host.schemas,
      ordered: queries[0]!.root.kind === 'sort',
      bounded: isBounded,
      start: () => {
        const results = new ResultQueue(tell);
        const stop = new AbortController();
        results.onAbandoned(() =>
          stop.abort(new CancelledError('RESULT_LEFT', 'The reader left the result.')),
        );
        const ended = this.#run(planned, results, stop.signal).then(
          (outcome) => {
            summary = outcome;
          },
          // The reader of `results` gets the error.
          () => undefined,
        );
        return untilEnded(results, ended);
      },
      summary: () => summary,
    });
  }

  async #insert(planned: RunnableJob): Promise<StatementResult> {
    const { queries, tell } = planned;
    const summary = await this.#run(planned, null, this.#options.signal).catch((error: unknown) => {
      throw tell(error);
    });
    const tables = queries
      .filter((query) => !isLetterQuery(query))
      .map(({ sink }) => (sink.kind === 'table' ? sink.table.path.at(-1)! : ''));
    return { kind: 'inserted', table: tables.join(', '), rows: summary.rowsOut, summary };
  }

  async #run(job: RunnableJob, results: ResultQueue | null, signal: AbortSignal): Promise<JobSummary> {
    const { planned, engine, release } = await this.#begun(job).catch((error) => {
      results?.finish(error);
      throw error;
    });
    const { graph } = planned;
    const spoken = this.#host.voice.begin(graph.mode);
    const checkpoints = checkpointSettings(this.configuration, this.#options.workingDirectory);
    try {
      const outcome: RunOutcome = await runGraph(graph, {
        engine,
        sources: this.#sources,
        results,
        print: this.#options.print,
        signal: AbortSignal.any([
          signal,
          this.#options.signal,
          ...(graph.mode === 'batch' ? [this.#ending.signal] : []),
        ]),
        drain: this.#ending.signal,
        restarts: restartSettings(this.configuration),
        checkpoints,
        onNote: this.#options.onNote,
        plan: () => this.#explained(planned),
        onStoppable: spoken.stoppable,
        onProgress: (progress) => {
          spoken.progress(progress);
          this.#options.onProgress(progress);
        },
        onCancelled: (cancelled) => {
          if (!this.#options.signal.aborted) return;
          this.#options.onCancelled?.(
            jobSummary(graph, cancelled, engine),
            noteOfCancelled(graph, checkpoints),
          );
        },
        onMetrics: metricsListener(this.#options, this.configuration),
      });
      return jobSummary(graph, outcome, engine);
    } finally {
      spoken.end();
      release();
    }
  }

  /** Functions are loaded anew where the job has to have more memory than the session has so far. */
  async #begun(job: RunnableJob) {
    const planned = (await this.#host.claimFor(job.graph)) ? await job.again() : job;
    return { planned, ...(await this.#host.engineFor(planned.graph)) };
  }

  #explained({ queries, graph }: PlannedJob): string {
    const batchRows = this.configuration.get('millstream.batch.rows');
    const resources = explainResources(graph, this.#host.resources, this.#host.capLevel, batchRows);
    return explainQueries(queries, graph) + explainIsolation(this.configuration, graph) + resources;
  }

  /** Imports take most of a first statement's time: they begin while it is still being planned. */
  #prepareWorkers(statements: readonly Statement[]): void {
    if (statements.some(startsJob)) this.#host.prepare('relational');
    if (statements.some((statement) => statement.kind === 'create_function')) this.#host.prepare('function');
  }
}
