/** Tables whose rows the core makes or is handed are read once, however many queries and places read them. */
import { callsPython, hasSubquery, hasWindowCall } from '../plan/expression-facts.js';
import type { LogicalPlan } from '../plan/logical-plan.js';
import { sharePlans } from '../plan/share-plans.js';
import { isMade } from './made-tables.js';
import { type PlanOptions, traitsOf } from './plan-options.js';

type SharingOptions = Pick<PlanOptions, 'connectors' | 'ids' | 'mode' | 'sharing'>;

/**
 * The plans, of queries that run as one job, with such a table as a `shared` node where it is read more than once: its rows with
 * what is computed of each, and its watermark. Conditions stay with those who read it.
 */
export function shareTables(plans: readonly LogicalPlan[], options: SharingOptions): readonly LogicalPlan[] {
  if ((options.sharing ?? 'all') !== 'all') return plans;
  return sharePlans(plans, options.ids, (plan) => (isTable(plan, options) ? 'once' : 'below'));
}

function isTable(plan: LogicalPlan, options: SharingOptions): boolean {
  switch (plan.kind) {
    case 'scan':
      return isMade(plan, options.connectors) && !isReadAgain(plan, options);
    case 'project': {
      const isPlain = plan.expressions.every((e) => !callsPython(e) && !hasWindowCall(e) && !hasSubquery(e));
      return isPlain && isTable(plan.input, options);
    }
    case 'watermark':
      return isTable(rowsBelow(plan.input), options);
    default:
      return false;
  }
}

/** What computes the column that a watermark is on is part of the table, whatever it calls. */
function rowsBelow(plan: LogicalPlan): LogicalPlan {
  return plan.kind === 'project' ? rowsBelow(plan.input) : plan;
}

/** A batch keeps what several read in a file: not what the program holds anyway. */
function isReadAgain({ table }: Extract<LogicalPlan, { kind: 'scan' }>, options: SharingOptions): boolean {
  return options.mode === 'batch' && traitsOf(options.connectors, table)?.isHeld?.(table) === true;
}
