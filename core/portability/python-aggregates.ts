/** Python aggregates against the matrix of what Flink takes. */
import type { AggregateCall } from '../plan/expression.js';
import type { WindowCall } from '../plan/expression-builders.js';
import type { LogicalPlan } from '../plan/logical-plan.js';
import type { Aggregate } from '../plan/plan-builders.js';
import { hasWindowOf } from '../plan/window-calls.js';
import type { FunctionCallNode, GroupBy } from '../sql/ast.js';
import { isGroupWindow } from '../sql/bind/group-window.js';
import { type AggregateKind, type AggregateUse, aggregateSupport, type Support } from './aggregate-matrix.js';
import { type Finding, refused } from './finding.js';
import type { PortableJob } from './portability-context.js';
import { nodesOf, syntaxIn, windowCallsOf } from './visit.js';

/** What Flink refuses of the Python aggregates of a job. */
export function* pythonAggregates(job: PortableJob): Generator<Finding> {
  const windows = groupWindows(job);
  for (const { root } of job.queries) {
    for (const node of nodesOf(root)) {
      if (node.kind === 'aggregate') yield* grouped(job, node, windows.get(node.span?.start ?? -1) ?? null);
      yield* overWindows(job, node);
    }
  }
}

function* grouped(job: PortableJob, node: Aggregate, window: string | null): Generator<Finding> {
  const use: AggregateUse = window === null ? 'group' : window === 'SESSION' ? 'session' : 'window';
  const builtin = node.aggregates.find((call) => !call.python) ?? null;
  for (const call of node.aggregates) {
    if (!call.python) continue;
    const kind = kindOf(job, call.function);
    const support = aggregateSupport(job.mode, kind, use);
    const finding = refusal(job, call, { kind, use, support }, builtin?.function ?? null);
    if (finding !== null) yield finding;
  }
}

function* overWindows(job: PortableJob, node: LogicalPlan): Generator<Finding> {
  const calls = windowCallsOf(node);
  for (const call of calls) {
    if (call.python === null) continue;
    const kind = kindOf(job, call.function);
    const use = overUse(call);
    const support = aggregateSupport(job.mode, kind, use);
    const beside = calls.find((other) => other.python === null && hasWindowOf(other, call)) ?? null;
    const finding = refusal(job, call, { kind, use, support }, beside?.function ?? null);
    if (finding !== null) yield finding;
  }
}

function overUse({ orderBy, frame }: WindowCall): AggregateUse {
  if (orderBy.length === 0) return 'over_unordered';
  const start = frame?.start.kind ?? 'unbounded_preceding';
  return start === 'unbounded_preceding' ? 'over_unbounded' : 'over_bounded';
}

function kindOf(job: PortableJob, name: string): AggregateKind {
  return job.declaration(name)?.batch == null ? 'general' : 'pandas';
}

interface Case {
  readonly kind: AggregateKind;
  readonly use: AggregateUse;
  readonly support: Support;
}

function refusal(
  { mode }: PortableJob,
  call: Pick<AggregateCall, 'function' | 'span'>,
  { kind, use, support }: Case,
  builtin: string | null,
): Finding | null {
  const name = call.function;
  if (support === 'yes' || (support === 'alone' && builtin === null)) return null;
  if (support === 'alone') {
    const grouping = use.startsWith('over') ? 'over the same window' : 'of the same groups';
    const message = `Flink does not compute the Python aggregate ${name} and the built-in ${builtin} ${grouping}.`;
    const hint = 'Compute each in a query of its own and join the two by the keys.';
    return refused('udaf-beside-builtin', message, hint, call);
  }
  const message = `Flink has no ${kind} Python aggregate ${USES[use]} in ${mode} mode: ${name}.`;
  return refused(`udaf-${use.replace('_', '-')}`, message, wayOut(mode, kind, use), call);
}

const USES: Readonly<Record<AggregateUse, string>> = {
  group: 'in GROUP BY',
  window: 'over a window of GROUP BY',
  session: 'over SESSION windows',
  over_bounded: 'with OVER',
  over_unbounded: 'with OVER from UNBOUNDED PRECEDING',
  over_unordered: 'with OVER without ORDER BY',
};

function wayOut(mode: 'batch' | 'streaming', kind: AggregateKind, use: AggregateUse): string {
  const wanted = (['general', 'pandas'] as const).find(
    (other) => aggregateSupport(mode, other, use) !== 'no',
  );
  if (wanted === 'pandas') return `Declare it with func_type='pandas': it is then given whole columns.`;
  if (wanted === 'general') return 'Write it as an AggregateFunction that is called for each row.';
  if (use === 'over_unbounded') return 'Bound the frame: ROWS BETWEEN n PRECEDING AND CURRENT ROW.';
  if (use === 'over_unordered')
    return 'Group by the keys in a query of its own and join it, or give ORDER BY.';
  const other = mode === 'batch' ? 'streaming' : 'batch';
  const isThere = aggregateSupport(other, kind, use) !== 'no';
  return isThere ? `Run it in ${other} mode, or keep this job here.` : 'Keep this job here.';
}

/** The windows of GROUP BY, by where their GROUP BY begins. */
function groupWindows({ statement }: PortableJob): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const node of syntaxIn(statement)) {
    const { groupBy } = node as { readonly groupBy?: GroupBy | null };
    for (const item of groupBy?.items ?? []) {
      if (item.kind !== 'grouping_expression' || !isGroupWindow(item.expression)) continue;
      found.set(groupBy!.span.start, windowOf(item.expression));
    }
  }
  return found;
}

function windowOf(call: FunctionCallNode): string {
  return call.name.parts[0]!.name.toUpperCase();
}
