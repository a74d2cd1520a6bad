/** Tables whose rows the core makes or is handed, and in a stream all with a watermark, are read once, however many queries and places read them. */
import { callsPython, hasSubquery, hasWindowCall } from '../plan/expression-facts.js';
import type { LogicalPlan } from '../plan/logical-plan.js';
import { sharePlans } from '../plan/share-plans.js';
import { expressionsOf } from '../plan/visit-plan.js';
import { isMade } from './made-tables.js';
import { type PlanOptions, traitsOf } from './plan-options.js';

type SharingOptions = Pick<PlanOptions, 'connectors' | 'ids' | 'mode' | 'sharing'>;

/**
 * The plans, of queries that run as one job, with such a table as a `shared` node where it is read more than once: its rows with
 * what is computed of each, and its watermark. Conditions stay with those who read it.
 */
export function shareTables(plans: readonly LogicalPlan[], options: SharingOptions): readonly LogicalPlan[] {
  if ((options.sharing ?? 'all') !== 'all') return plans;
  return sharePlans(plans, options.ids, {
    isShared: (plan) => isTable(plan, options),
    isPartOf: (top, plan) => top.kind === 'watermark' && (plan.kind === 'project' || plan.kind === 'scan'),
  });
}

function isTable(plan: LogicalPlan, options: SharingOptions): boolean {
  switch (plan.kind) {
    case 'scan':
      return isMade(plan, options.connectors) && !isReadAgain(plan, options);
    case 'project':
      return isPlain(plan) && isTable(plan.input, options);
    case 'watermark': {
      const table = rowsBelow(plan.input);
      // No condition is pushed below time: nobody would read less of a file.
      return isTable(table, options) || (table.kind === 'scan' && options.mode === 'streaming');
    }
    default:
      return false;
  }
}

function isPlain(plan: LogicalPlan): boolean {
  return expressionsOf(plan).every((e) => !callsPython(e) && !hasWindowCall(e) && !hasSubquery(e));
}

/** What computes the column that a watermark is on is part of the table, whatever it calls. */
function rowsBelow(plan: LogicalPlan): LogicalPlan {
  return plan.kind === 'project' ? rowsBelow(plan.input) : plan;
}

/** A batch keeps what several read in a file: not what the program holds anyway. */
function isReadAgain({ table }: Extract<LogicalPlan, { kind: 'scan' }>, options: SharingOptions): boolean {
  return options.mode === 'batch' && traitsOf(options.connectors, table)?.isHeld?.(table) === true;
}
