/** A statement that runs → the graph that runs it: names and types, mode, stages, workers. */
import {
  type AggregatePhases,
  bindStatement,
  type CatalogManager,
  ColumnIds,
  type Configuration,
  type ConnectorTraits,
  collectFunctionNames,
  createStageRenderer,
  DEAD_LETTER_CONNECTOR,
  type FunctionResolver,
  type QueryPlan,
  STANDARD_CONNECTORS,
  type StageGraph,
  withGrantedWorkers,
} from '../../core/index.js';
import { CONNECTORS } from '../connectors/connectors.js';
import { checkpointSettings, hasCheckpoints } from './checkpoint-settings.js';
import { tellOfBatch } from './checkpoint-support.js';
import { chooseMode, type Mode } from './choose-mode.js';
import { letterQueries } from './dead-letter-tables.js';
import type { EngineHost } from './engine-host.js';
import { withSourceFusion } from './fuse-scans.js';
import type { JobStatement } from './job-statement.js';
import { loadFunctions } from './load-functions.js';
import { noteOptions } from './note-options.js';
import { placedFailure } from './placed-failure.js';
import { planPhases } from './plan-phases.js';
import { planQueries } from './plan-queries.js';
import { aggregatePhases, sharing, upsertMaterialize } from './planner-settings.js';
import { fileResolver } from './resolve-files.js';
import type { SessionOptions } from './session-types.js';
import { withAnalyses } from './with-analyses.js';
import { withPlace } from './with-place.js';

/** A planned statement, with what it was planned from. */
export interface PlannedJob {
  readonly queries: readonly QueryPlan[];
  readonly portable: BoundJob;
  readonly graph: StageGraph;
  /** Every source ends. */
  readonly isBounded: boolean;
  /** What is told instead of an error of the running job: the same with its place in the statement, where it has one. */
  readonly tell: (error: unknown) => unknown;
}

/** The queries as they were bound, and what Flink would be told of them. */
export interface BoundJob {
  readonly bound: readonly QueryPlan[];
  /** What was asked for, else what the sources say. */
  readonly mode: Mode;
  readonly functions: FunctionResolver;
}

/** What planning needs of a session. */
export interface PlanningParts {
  readonly catalog: CatalogManager;
  readonly configuration: Configuration;
  readonly host: EngineHost;
  readonly options: Pick<SessionOptions, 'mode' | 'onNote' | 'workingDirectory'>;
  /** Connectors whose rows the program makes. */
  readonly sources: ReadonlyMap<string, ConnectorTraits['isHeld']>;
  /** Folders that statements before it write, where nothing is run. */
  readonly toBeWritten: ReadonlySet<string>;
}

/** @throws {SqlError | PlanError} with the place in `sql` */
export async function planJob(
  statement: JobStatement,
  sql: string,
  { catalog, configuration, host, options, sources, toBeWritten }: PlanningParts,
): Promise<PlannedJob> {
  await host.claimMemory();
  const entries = collectFunctionNames({ catalog }, statement);
  const { workers, functions, declarations, analyze } = await loadFunctions(entries, { host, configuration });
  const notNull = configuration.get('table.exec.sink.not-null-enforcer') === 'DROP' ? 'drop' : 'error';
  const bind = (streaming: boolean) => {
    const ids = new ColumnIds();
    const environment = { catalog, functions, ids, sql, notNull, streaming } as const;
    const bound = bindStatement(environment, statement);
    const letters = withPlace(sql, statement.span, () =>
      letterQueries(environment, declarations, configuration),
    );
    return { ids, bound: [...bound, ...letters] };
  };
  const asked = askedMode(options.mode, configuration);
  const first = await withAnalyses(() => bind(asked === 'streaming'), analyze);
  const connectors = new Map(STANDARD_CONNECTORS);
  for (const [name, { traits }] of CONNECTORS) connectors.set(name, traits);
  for (const [name, isHeld] of [...sources, [DEAD_LETTER_CONNECTOR, () => false] as const]) {
    const traits = { source: 'rows', sink: null, bounded: () => true, hasPosition: false } as const;
    connectors.set(name, isHeld === undefined ? traits : { ...traits, isHeld });
  }
  const checkpoints = checkpointSettings(configuration, options.workingDirectory);
  const isCheckpointed = hasCheckpoints(checkpoints);
  const choice = chooseMode(first.bound, connectors, asked, functions, isCheckpointed);
  if (choice.note !== null) options.onNote(choice.note);
  // Where nobody asked for a stream, only the tables of a job say that it is one.
  const { ids, bound } = choice.isBounded || asked !== null ? first : bind(true);
  const resolveFiles = fileResolver(options.workingDirectory, toBeWritten);
  const plan = (phases: AggregatePhases) =>
    planQueries(bound, choice, asked, {
      parallelism: workers?.parallelism(entries) ?? host.resources.parallelism,
      functions,
      aggregatePhases: phases,
      sharing: sharing(configuration),
      upsertMaterialize: upsertMaterialize(configuration),
      connectors,
      renderer: createStageRenderer(resolveFiles, sql),
      ids,
      sql,
    });
  const isCut = choice.mode === 'streaming' && isCheckpointed;
  const fuse = async (cut: StageGraph) =>
    isCut ? cut : withSourceFusion(cut, configuration, { workers, functions, resolveFiles });
  const {
    queries,
    graph: planned,
    notStreaming,
  } = await planPhases(aggregatePhases(configuration), configuration.get('millstream.batch.rows'), {
    plan,
    fuse,
  });
  if (isCheckpointed && planned.mode === 'batch') tellOfBatch(checkpoints, notStreaming, options.onNote);
  noteOptions(queries, options.onNote);
  const graph = withGrantedWorkers(planned, host.resources.functionWorkers(planned));
  const tell = (error: unknown) => placedFailure(error, queries, sql);
  const portable = { bound, mode: asked ?? choice.mode, functions };
  return { queries, graph, portable, isBounded: choice.isBounded, tell };
}

function askedMode(mode: Mode | null, configuration: Configuration): Mode | null {
  if (mode !== null) return mode;
  const configured = configuration.get('execution.runtime-mode');
  return configured === 'BATCH' ? 'batch' : configured === 'STREAMING' ? 'streaming' : null;
}
