/** Recognises plans that only rename or drop columns of a boundary: they need no stage of their own. */
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { isLeaf } from '../boundary.js';

/** The boundary that is read as it is. */
export interface PlainLeaf {
  readonly key: string;
  /** The boundary's column for each column id of the plan. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Null where the plan computes, drops or reorders rows. */
export function plainLeaf(plan: LogicalPlan): PlainLeaf | null {
  if (isLeaf(plan)) {
    return { key: plan.table.path[0]!, sources: new Map(plan.columns.map(({ id, name }) => [id, name])) };
  }
  if (plan.kind !== 'project') return null;
  const inner = plainLeaf(plan.input);
  if (inner === null) return null;
  const sources = new Map<string, string>();
  for (const [i, expression] of plan.expressions.entries()) {
    if (expression.kind !== 'column') return null;
    sources.set(plan.columns[i]!.id, inner.sources.get(expression.id)!);
  }
  return { key: inner.key, sources };
}
