/** One line about a relational stage, and the files it reads. */
import { parseDuration } from '../../config/parse-duration.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { subqueryPlans } from '../../plan/visit-expression.js';
import { expressionsOf, inputsOf } from '../../plan/visit-plan.js';
import { localPath } from '../../text/local-path.js';
import { isLeaf } from '../boundary.js';
import { MONITOR_INTERVAL } from '../plan-options.js';
import type { CopiedFiles, FileScan } from '../stage-graph.js';

/** What the stage does, from its first input to its output: `scan flights, filter, project`. */
export function describeFragment(plan: LogicalPlan, sink: CopiedFiles | null): string {
  const words = wordsOf(plan);
  const text = words.filter((word, i) => word !== words[i - 1]).join(', ');
  return sink === null ? text : `${text}, write ${sink.table}`;
}

/** The tables of files that the plan scans. */
export function filesOf(plan: LogicalPlan): FileScan[] {
  const below = inputsOf(plan).flatMap(filesOf);
  const inside = expressionsOf(plan).flatMap(subqueryPlans).flatMap(filesOf);
  if (plan.kind !== 'scan' || isLeaf(plan)) return [...below, ...inside];
  const { path, options } = plan.table;
  const interval = options[MONITOR_INTERVAL];
  return [
    {
      table: path.at(-1)!,
      path: localPath(options.path ?? ''),
      format: options.format ?? '',
      monitorMs: interval === undefined ? null : parseDuration(interval),
    },
  ];
}

function wordsOf(plan: LogicalPlan): string[] {
  const before = inputsOf(plan).flatMap(wordsOf);
  switch (plan.kind) {
    case 'scan':
      return [isLeaf(plan) ? `read ${plan.table.path[0]!}` : `scan ${plan.table.path.at(-1)!}`];
    case 'join':
      return [...before, plan.condition === null ? 'cross join' : `${plan.type} join`];
    case 'set':
      return [...before, plan.all ? `${plan.operator} all` : plan.operator];
    default:
      return [...before, plan.kind];
  }
}
