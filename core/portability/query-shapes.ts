/** Queries without Python that Flink cannot plan in either mode, or in batch. */

import type { Expression } from '../plan/expression.js';
import { outerColumns } from '../plan/expression-facts.js';
import type { LogicalPlan } from '../plan/logical-plan.js';
import { someExpression } from '../plan/visit-expression.js';
import { type Finding, refused } from './finding.js';
import type { PortableJob } from './portability-context.js';
import { expressionsInNode, nodesOf, windowCallsOf } from './visit.js';

/** What Flink's planner has no plan for. */
export function* queryShapes(job: PortableJob): Generator<Finding> {
  for (const { root, sink } of job.queries) {
    for (const node of nodesOf(root)) {
      yield* joinShapes(node, job.mode);
      yield* correlated(node);
      yield* aggregates(node);
      if (job.mode === 'batch') yield* batchOnly(node);
    }
    if (sink.kind === 'table' && sink.overwrite && sink.table.connector !== 'filesystem') {
      const message = `Flink has no INSERT OVERWRITE into a table of the connector ${sink.table.connector}.`;
      yield refused('overwrite', message, 'Write INSERT INTO.', root);
    }
  }
}

function* joinShapes(node: LogicalPlan, mode: 'batch' | 'streaming'): Generator<Finding> {
  if (node.kind !== 'join') return;
  if (node.condition !== null && hasInQuery(node.condition)) {
    const hint = 'Put the subquery into WHERE, or join its table.';
    yield refused('subquery-in-join', 'Flink has no IN (SELECT …) in JOIN … ON.', hint, node);
  }
  const own = new Set(node.left.columns.map(({ id }) => id));
  if (![...outerColumns(node.right)].some((id) => own.has(id))) return;
  const nodes = [...nodesOf(node.right)];
  const limit = nodes.find(({ kind }) => kind === 'limit');
  const isTopN = limit?.kind === 'limit' && limit.input.kind === 'sort' && node.type === 'inner';
  if (limit !== undefined && !(mode === 'streaming' && isTopN)) {
    const hint = 'Number the rows of each key by ROW_NUMBER() OVER (PARTITION BY …) and keep the first.';
    yield refused('lateral-limit', 'Flink has no LIMIT in a query behind LATERAL.', hint, node.right);
  } else if (!nodes.some(({ kind }) => kind === 'scan')) {
    const hint = 'Compute it in SELECT.';
    yield refused(
      'lateral-without-table',
      'Flink has no query without a table behind LATERAL.',
      hint,
      node.right,
    );
  }
}

function hasInQuery(condition: Expression): boolean {
  return someExpression(condition, (inner) => inner.kind === 'subquery' && inner.form === 'in');
}

function* correlated(node: LogicalPlan): Generator<Finding> {
  for (const expression of expressionsInNode(node)) {
    if (expression.kind !== 'subquery' || expression.form !== 'scalar') continue;
    if (outerColumns(expression.plan).size === 0) continue;
    if (![...nodesOf(expression.plan)].some(({ kind }) => kind === 'limit')) continue;
    const message = 'Flink has no LIMIT in a subquery that reads columns of the query around it.';
    yield refused('correlated-limit', message, 'Use an aggregate such as MIN, or a join.', expression);
  }
}

function* aggregates(node: LogicalPlan): Generator<Finding> {
  if (node.kind !== 'aggregate') return;
  for (const call of node.aggregates) {
    if (call.python || call.function !== 'COUNT' || call.arguments.length < 2) continue;
    const hint = 'Count the rows of a SELECT DISTINCT with these columns.';
    yield refused('count-distinct-several', 'Flink counts DISTINCT values of one column only.', hint, call);
  }
}

function* batchOnly(node: LogicalPlan): Generator<Finding> {
  for (const call of windowCallsOf(node)) {
    if (!call.distinct) continue;
    const message = 'Flink has DISTINCT together with OVER in streaming mode only.';
    yield refused('distinct-over', message, 'Run the job in streaming mode, or group and join.', call);
  }
  if (node.kind === 'session') {
    const message = 'Flink has SESSION windows in streaming mode only.';
    yield refused('session-in-batch', message, 'Run the job in streaming mode.', node);
  }
  if (node.kind !== 'correlate' || node.input.kind !== 'correlate') return;
  if (node.call.arguments.some(({ kind }) => kind !== 'column')) return;
  const message = "Flink's batch planner fails on a Python table function right behind another.";
  const hint =
    'Put the first into a query of its own that computes something, or run the job in streaming mode.';
  yield refused('chained-table-functions', message, hint, node.call);
}
