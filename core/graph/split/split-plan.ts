/**
 * Splits a plan: what remains calls no Python and reads no rows of the core; all that is behind boundaries.
 */

import { InternalError } from '../../errors.js';
import { conjunctsOf } from '../../plan/conjuncts.js';
import type { Expression } from '../../plan/expression.js';
import { outerColumns, planCallsPython } from '../../plan/expression-facts.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import type { Scan, Shared } from '../../plan/plan-builders.js';
import { rewriteExpression } from '../../plan/visit-expression.js';
import { mapExpressions } from '../../plan/visit-plan.js';
import { leafOf } from '../boundary.js';
import { isMade } from '../made-tables.js';
import { traitsOf } from '../plan-options.js';
import { refusal } from '../refuse.js';
import { evaluateCalls } from './evaluate-calls.js';
import { evaluateWindows } from './evaluate-windows.js';
import { splitAggregate } from './split-aggregate.js';
import { NOTHING_KNOWN, type SplitContext, type SplitPlan } from './split-context.js';
import { splitCorrelate } from './split-correlate.js';
import { applyConditions } from './split-filter.js';
import { splitJoin } from './split-join.js';
import { splitMap } from './split-map.js';
import { splitProject } from './split-project.js';
import { splitValues } from './split-values.js';

/** Splits `plan`; the boundaries made on the way are added to the context. */
export function splitPlan(context: SplitContext, plan: LogicalPlan): SplitPlan {
  const node = mapExpressions(plan, (expression) => splitSubqueries(context, expression));
  switch (node.kind) {
    case 'scan':
      return unknown(splitScan(context, node));
    case 'values':
      return splitValues(context, node);
    case 'project':
      return splitProject(context, node, splitPlan(context, node.input));
    case 'filter':
      return applyConditions(context, splitPlan(context, node.input), conjunctsOf(node.predicate));
    case 'join':
      return splitJoin(context, node);
    case 'aggregate':
      return splitAggregate(context, node);
    case 'correlate':
      return splitCorrelate(context, node, splitPlan(context, node.input));
    case 'map':
      return splitMap(context, node);
    case 'sort': {
      const windowed = evaluateWindows(
        context,
        splitPlan(context, node.input),
        node.keys.map((key) => key.expression),
      );
      const { input, expressions } = evaluateCalls(context, windowed.input, windowed.expressions);
      const keys = node.keys.map((key, i) => ({ ...key, expression: expressions[i]! }));
      return { plan: { ...node, input: input.plan, keys, columns: input.plan.columns }, known: input.known };
    }
    case 'limit': {
      const input = splitPlan(context, node.input);
      return { plan: { ...node, input: input.plan, columns: input.plan.columns }, known: input.known };
    }
    case 'distinct':
      return unknown({ ...node, input: splitExactly(context, node.input) });
    case 'set':
      return unknown({
        ...node,
        left: splitExactly(context, node.left),
        right: splitExactly(context, node.right),
      });
    case 'unnest': {
      const { input, expressions } = evaluateCalls(context, splitPlan(context, node.input), [
        node.collection,
      ]);
      const own = node.columns.slice(node.input.columns.length);
      return {
        plan: {
          ...node,
          input: input.plan,
          collection: expressions[0]!,
          columns: [...input.plan.columns, ...own],
        },
        known: input.known,
      };
    }
    case 'shared':
      return unknown(splitShared(context, node));
    case 'stream':
      return unknown(splitStream(context, node));
    case 'temporal_join':
    case 'lookup_join':
      throw refusal(
        'PLAN_UNSUPPORTED',
        'FOR SYSTEM_TIME AS OF needs time, which goes on in streaming mode only.',
        { sql: context.options.sql, span: node.span },
        "Run it with --mode streaming, or SET 'execution.runtime-mode' = 'streaming'.",
      );
    case 'watermark':
    case 'session':
      throw new InternalError('INTERNAL', `A ${node.kind} reached the splitter.`);
  }
}

/** Splits `plan` and keeps exactly its columns, in their order. */
export function splitExactly(context: SplitContext, plan: LogicalPlan): LogicalPlan {
  const split = splitPlan(context, plan).plan;
  const same =
    split.columns.length === plan.columns.length &&
    split.columns.every((column, i) => column.id === plan.columns[i]!.id);
  if (same) return split;
  return {
    kind: 'project',
    input: split,
    columns: plan.columns,
    expressions: plan.columns.map(({ id, type }) => ({ kind: 'column', id, type, span: null })),
    span: plan.span,
  };
}

function unknown(plan: LogicalPlan): SplitPlan {
  return { plan, known: NOTHING_KNOWN };
}

function splitScan(context: SplitContext, scan: Scan): LogicalPlan {
  if (!isMade(scan, context.options.connectors)) return scan;
  // The files that have come are one query after the other, which nothing but the scan may be part of.
  const isOfFiles = traitsOf(context.options.connectors, scan.table)?.source === 'files';
  if (isOfFiles) return leafOf(sharedBoundary(context, scan));
  const boundary = context.add({
    kind: 'source',
    key: context.newKey(),
    table: scan.table,
    columns: scan.columns,
  });
  return leafOf(boundary);
}

function splitStream(
  context: SplitContext,
  { inputs, operator, columns }: Extract<LogicalPlan, { kind: 'stream' }>,
): LogicalPlan {
  const split = inputs.map((input) => splitExactly(context, input));
  return leafOf(context.add({ kind: 'stream', key: context.newKey(), inputs: split, operator, columns }));
}

function sharedBoundary(context: SplitContext, input: LogicalPlan) {
  return context.add({ kind: 'shared', key: context.newKey(), input, columns: input.columns } as const);
}

/** The first reference splits the shared plan; all read the same boundary, or the same rows of their one stage. */
function splitShared(context: SplitContext, node: Shared): LogicalPlan {
  if (context.isOneStage) return { ...node, input: splitExactly(context, node.input) };
  let boundary = context.shared.get(node.id);
  if (boundary === undefined) {
    boundary = sharedBoundary(context, splitExactly(context, node.input));
    context.shared.set(node.id, boundary);
  }
  return leafOf(
    boundary,
    node.columns,
    boundary.columns.map((column) => column.id),
  );
}

function splitSubqueries(context: SplitContext, expression: Expression): Expression {
  return rewriteExpression(expression, (e) => {
    if (e.kind !== 'subquery') return e;
    const outer = outerColumns(e.plan);
    if (outer.size > 0 && planCallsPython(e.plan)) {
      throw refusal(
        'PLAN_UNSUPPORTED',
        'A correlated subquery that calls a Python function cannot be run.',
        { sql: context.options.sql, span: e.span },
        'Write it as a join: compute the function in a derived table, then join that on the outer columns.',
      );
    }
    return { ...e, plan: splitExactly(context, e.plan) };
  });
}
