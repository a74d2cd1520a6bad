/** Bound queries → a stage graph, in the mode that fits them. */
import {
  batchPlan,
  joinLaterals,
  omitEmptyTotals,
  optimizeTogether,
  PlanError,
  type PlanOptions,
  planStages,
  type QueryPlan,
  type StageGraph,
} from '../../core/index.js';
import { type Mode, type ModeChoice, onlyStreamsQuery, ordersByArrival } from './choose-mode.js';

/** Queries as they were optimised, with the graph that runs them. */
export interface PlannedQueries {
  readonly queries: readonly QueryPlan[];
  readonly graph: StageGraph;
  /** What a stream cannot do, so that it is run as a batch; null: it is run as was chosen. */
  readonly notStreaming: string | null;
}

/**
 * Plans queries.
 * @param asked streaming: an aggregate over no rows says nothing
 * @throws {PlanError} for a shape that cannot be run
 */
export function planQueries(
  bound: readonly QueryPlan[],
  choice: ModeChoice,
  asked: Mode | null,
  options: Omit<PlanOptions, 'mode' | 'isBounded'>,
): PlannedQueries {
  const { ids } = options;
  const inMode = (mode: Mode): PlannedQueries => {
    const plans = bound.map(({ root }) => {
      const joined = joinLaterals(root, { ids, sql: options.sql });
      const plan = omitEmptyTotals(joined, ids, mode === 'streaming' || asked === 'streaming');
      return mode === 'batch' ? batchPlan(plan, ids) : plan;
    });
    const roots = optimizeTogether(plans, { ...options, mode });
    const queries = bound.map((query, i) => ({ ...query, root: roots[i]! }));
    const graph = planStages(queries, { ...options, mode, isBounded: choice.isBounded });
    return { queries, graph, notStreaming: null };
  };
  try {
    return inMode(choice.mode);
  } catch (error) {
    // What a stream cannot do is done with all rows at hand: it differs only for rows that come too late.
    const isRefused = error instanceof PlanError && error.code === 'PLAN_STREAMING';
    const needsStream = (query: QueryPlan) =>
      onlyStreamsQuery(query, options) !== null || ordersByArrival(query.root);
    const isStream = !choice.isBounded || bound.some(needsStream);
    if (!isRefused || isStream) throw error;
    return { ...inMode('batch'), notStreaming: error.message };
  }
}
