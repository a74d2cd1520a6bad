import type { LogicalPlan } from '../../plan/logical-plan.js';
import { isLeaf } from '../boundary.js';

/** True where a fragment is a scan of a table and projections of it: each row that is read goes out. */
export function onlyReads(fragment: LogicalPlan): boolean {
  if (fragment.kind === 'project') return onlyReads(fragment.input);
  return fragment.kind === 'scan' && !isLeaf(fragment);
}
