/** Batch or streaming: what was asked for, else by whether every source ends. */
import {
  arrivalOrder,
  ConfigurationError,
  type ConnectorTraits,
  expressionsOf,
  type FunctionResolver,
  hasWindowCall,
  inputsOf,
  type LogicalPlan,
  type PlanOptions,
  type QueryPlan,
  type SortKey,
  someExpression,
  somePlan,
  streamDistinct,
  strictConflictOf,
  subqueryPlans,
  traitsOf,
} from '../../core/index.js';

export type Mode = 'batch' | 'streaming';

/** How queries run. */
export interface ModeChoice {
  readonly mode: Mode;
  /** Every source ends. */
  readonly isBounded: boolean;
  /** What the user is told; null: what was asked for is done. */
  readonly note: string | null;
}

/**
 * How the queries run. A stream whose sources all end has the last rows of a batch where no row can come too late, once
 * `omitEmptyTotals` has planned what a stream never says: then it runs as one.
 * @throws {ConfigurationError} MODE where batch was asked for and a source does not end.
 */
export function chooseMode(
  queries: readonly QueryPlan[],
  connectors: ReadonlyMap<string, ConnectorTraits>,
  asked: Mode | null,
  functions: FunctionResolver,
  isCheckpointed = false,
): ModeChoice {
  const unbounded = queries.flatMap((query) => unboundedTables(query.root, connectors));
  if (unbounded.length === 0) {
    const reason = queries
      .map((query) => onlyStreamsQuery(query, { connectors, functions }))
      .find((text) => text !== null);
    if (asked === null && reason !== undefined) {
      const note = `mode: streaming (${reason}); every source ends, and so does the job`;
      return { mode: 'streaming', isBounded: true, note };
    }
    if (asked !== 'streaming') return { mode: 'batch', isBounded: true, note: null };
    const note = 'mode: streaming was asked for; every source ends, so the job gives its final rows and ends';
    const isStream =
      isCheckpointed ||
      reason !== undefined ||
      queries.some(({ root }) => isTimed(root) || ordersByArrival(root));
    const mode = isStream ? 'streaming' : 'batch';
    return { mode, isBounded: true, note };
  }
  const endless = unbounded.find(({ endsByItself }) => !endsByItself) ?? null;
  const { name } = endless ?? unbounded[0]!;
  if (asked === 'batch') {
    const what = endless === null ? 'is not bounded' : 'never ends';
    throw new ConfigurationError('MODE', `Table ${name} ${what}, and the mode is batch.`, {
      hint: "Take --mode batch away, or bound the table ('number-of-rows' for datagen, no 'source.monitor-interval' for files).",
    });
  }
  const note =
    endless === null
      ? `mode: streaming (table ${name} ends with its sequence, no number-of-rows bounds it)`
      : `mode: streaming (table ${name} has no end); stop it with Ctrl-C`;
  return { mode: 'streaming', isBounded: false, note };
}

/** True where the order in which rows come, and how late, may decide about a result. */
function isTimed(plan: LogicalPlan): boolean {
  const remembers = (node: LogicalPlan) =>
    /^(aggregate|session|join|temporal_join|sort)$/.test(node.kind) ||
    expressionsOf(node).some(hasWindowCall);
  return somePlan(plan, (node) => node.kind === 'watermark') && somePlan(plan, remembers);
}

/** True where rows are ordered by processing time: a batch has no such order. */
export function ordersByArrival(plan: LogicalPlan): boolean {
  return somePlan(plan, (node) => {
    const isByArrival = (keys: readonly SortKey[]) =>
      inputsOf(node).some((input) => arrivalOrder(input, keys) !== null);
    if (node.kind === 'sort') return isByArrival(node.keys);
    return expressionsOf(node).some((expression) =>
      someExpression(expression, (e) => e.kind === 'window_call' && isByArrival(e.orderBy)),
    );
  });
}

/** Why a query cannot run as a batch into its table, as a clause; null: it can. */
export function onlyStreamsQuery(
  { root, sink }: QueryPlan,
  options: Pick<PlanOptions, 'connectors' | 'functions'>,
): string | null {
  const strict = strictConflictOf(sink);
  if (strict !== null) return `ON CONFLICT DO ${strict.behavior} needs it`;
  return onlyStreams(root, options);
}

/** Why a plan cannot run as a batch, as a clause; null: it can. */
export function onlyStreams(
  plan: LogicalPlan,
  { connectors, functions }: Pick<PlanOptions, 'connectors' | 'functions'>,
): string | null {
  if (somePlan(plan, (node) => node.kind === 'temporal_join' || node.kind === 'lookup_join'))
    return 'FOR SYSTEM_TIME AS OF needs it';
  if (somePlan(plan, (node) => node.kind === 'watermark' && node.byClock === true))
    return 'a window of processing time needs it';
  const distinct = streamDistinct(plan);
  if (distinct !== null) return `${distinct.function}(DISTINCT …) OVER needs it`;
  const stateful = statefulCall(plan, functions);
  if (stateful !== null) return `function ${stateful} needs it`;
  const changing = somePlan(
    plan,
    (node) =>
      node.kind === 'scan' &&
      (traitsOf(connectors, node.table)?.gives?.(node.table) ?? 'insert') !== 'insert',
  );
  return changing ? 'rows of a table change and go' : null;
}

/** A function with state and timers that is called; null: there is none. */
function statefulCall(plan: LogicalPlan, functions: FunctionResolver): string | null {
  if (plan.kind === 'map' && functions.declaration(plan.call.function)?.stateful === true)
    return plan.call.function;
  return (
    inputsOf(plan)
      .map((input) => statefulCall(input, functions))
      .find((name) => name !== null) ?? null
  );
}

interface UnboundedTable {
  readonly name: string;
  readonly endsByItself: boolean;
}

function unboundedTables(
  plan: LogicalPlan,
  connectors: ReadonlyMap<string, ConnectorTraits>,
): UnboundedTable[] {
  if (plan.kind !== 'scan') {
    const below = [...inputsOf(plan), ...expressionsOf(plan).flatMap(subqueryPlans)];
    return below.flatMap((inner) => unboundedTables(inner, connectors));
  }
  const { table } = plan;
  const traits = traitsOf(connectors, table);
  if (traits?.bounded(table) !== false) return [];
  return [{ name: table.path.at(-1)!, endsByItself: traits.endsByItself?.(table) ?? false }];
}
