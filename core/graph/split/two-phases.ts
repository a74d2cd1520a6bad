/** Aggregates in two phases: accumulators of any share of the rows, then accumulators of a group put together. */
import type { AggregateCall } from '../../plan/expression.js';
import type { LogicalPlan, PlanColumn } from '../../plan/logical-plan.js';
import { type Aggregate, ascending, sortedBy } from '../../plan/plan-builders.js';
import { types } from '../../types/types.js';
import { leafOf, type PlannedArgument, type PlannedStep, type PythonBoundary } from '../boundary.js';
import type { SplitContext } from './split-context.js';

/** Accumulators travel as the bytes that Python pickles them to. */
const ACCUMULATOR = types.bytes();

/**
 * True where each aggregate of the node has `merge`, nothing speaks against it, and it pays: without keys one worker
 * would do all the work. With keys the rows are divided among workers anyway, and sorting them costs less than making
 * accumulators for each share, unless groups are few and workers read the rows themselves:
 * docs/decisions/0016-aggregates-in-two-phases.md.
 */
export function hasTwoPhases(context: SplitContext, node: Aggregate): boolean {
  const { aggregatePhases, parallelism, mode } = context.options;
  if (aggregatePhases === 'one' || mode === 'streaming') return false;
  if (!node.aggregates.every((aggregate) => isMergeable(context, aggregate))) return false;
  if (aggregatePhases === 'two') return true;
  if (!node.groups.some((key) => key.kind !== 'literal')) return parallelism > 1;
  return aggregatePhases === 'few_groups' && isOfFile(node.input) && takesRows(context, node);
}

/** A scan whose files say how many values their columns have. */
function isOfFile(plan: LogicalPlan): boolean {
  if (plan.kind === 'project' || plan.kind === 'filter') return isOfFile(plan.input);
  return plan.kind === 'scan' && plan.table.options.format === 'parquet';
}

/** Vectors of few rows cost more than they save. */
function takesRows(context: SplitContext, node: Aggregate): boolean {
  const { functions } = context.options;
  return node.aggregates.every(({ function: name }) => functions.declaration(name)?.batch === null);
}

/** DISTINCT and WITHIN GROUP need all rows of a group in one place. */
function isMergeable(context: SplitContext, aggregate: AggregateCall): boolean {
  if (aggregate.distinct || aggregate.withinGroup.length > 0) return false;
  if (aggregate.arguments.some((argument) => argument.kind === 'literal' && argument.value === null))
    return false;
  return context.options.functions.declaration(aggregate.function)?.mergeable === true;
}

/**
 * The boundary that merges; its columns are the node's.
 * @param prepared The rows with the key columns and those that `steps` read, in any order.
 */
export function twoPhases(
  context: SplitContext,
  node: Aggregate,
  prepared: LogicalPlan,
  keys: readonly PlanColumn[],
  steps: readonly PlannedStep[],
): PythonBoundary {
  const states = steps.map((step) => context.ids.column(`${step.function}_accumulator`, ACCUMULATOR));
  const common = {
    kind: 'python' as const,
    outer: false,
    keys: keys.map((key) => key.id),
    tag: null,
    span: node.aggregates[0]!.span ?? node.span,
  };
  const partial = context.add({
    ...common,
    key: context.newKey(),
    mode: 'partial' as const,
    input: prepared,
    columns: [...keys, ...states],
    steps: steps.map((step, i) => ({ ...step, resultType: ACCUMULATOR, results: [states[i]!] })),
  });
  return context.add({
    ...common,
    key: context.newKey(),
    mode: 'merge' as const,
    input: sortedBy(leafOf(partial), keys.map(ascending)),
    columns: node.columns,
    steps: steps.map((step, i) => ({
      ...step,
      arguments: [{ kind: 'column' as const, id: states[i]!.id }, ...typesOf(node.aggregates[i]!, step)],
      argumentNames: [null, ...step.argumentNames],
      filter: null,
    })),
  });
}

/** NULL of the type of each column, for the aggregate over no rows at all. */
function typesOf(aggregate: AggregateCall, step: PlannedStep): PlannedArgument[] {
  return step.arguments.map((argument, i) =>
    argument.kind === 'literal'
      ? argument
      : { kind: 'literal', value: null, type: aggregate.arguments[i]!.type },
  );
}
