/** Where the order of rows matters, derived from the consumer backwards. */
import type { LogicalPlan } from '../../plan/logical-plan.js';
import type { Aggregate } from '../../plan/plan-builders.js';
import { subqueryPlans } from '../../plan/visit-expression.js';
import { expressionsOf, inputsOf } from '../../plan/visit-plan.js';
import { type Boundary, isLeaf } from '../boundary.js';

/** Built-in aggregates whose result depends on the order of their rows. */
const ORDERED_AGGREGATES = new Set(['FIRST_VALUE', 'LAST_VALUE', 'LISTAGG', 'ARRAY_AGG', 'COLLECT']);

/** What a fragment does with order. */
export interface OrderNeeds {
  /** True where DuckDB has to keep the order of rows for the result to be right. */
  readonly keepsOrder: boolean;
  /** True where an aggregate depends on the order of its rows; threads of DuckDB would each take a part of them. */
  readonly oneThread: boolean;
  /** Keys of the boundaries whose rows must come in order. */
  readonly leaves: ReadonlySet<string>;
}

/**
 * The order that a fragment needs inside and from its leaves, if its consumer needs (`needed`) the order it
 * gives.
 */
export function orderNeeds(plan: LogicalPlan, needed: boolean): OrderNeeds {
  const leaves = new Set<string>();
  let keepsOrder = false;
  let oneThread = false;
  const visit = (node: LogicalPlan, wanted: boolean): void => {
    if (wanted && (inputsOf(node).length === 0 || node.kind === 'sort')) keepsOrder = true;
    if (wanted && isLeaf(node)) leaves.add(node.table.path[0]!);
    if (node.kind === 'aggregate' && hasOrderedAggregate(node)) oneThread = true;
    for (const input of inputsOf(node)) visit(input, passesOrder(node, wanted));
    for (const expression of expressionsOf(node)) {
      for (const inner of subqueryPlans(expression)) visit(inner, false);
    }
  };
  visit(plan, needed);
  return { keepsOrder, oneThread, leaves };
}

/** True where rows of `plan` come in an order that the user wrote (ORDER BY), also below Python stages. */
export function isSorted(plan: LogicalPlan, boundaries: ReadonlyMap<string, Boundary>): boolean {
  switch (plan.kind) {
    case 'sort':
      return true;
    case 'project':
    case 'filter':
    case 'limit':
    case 'unnest':
      return isSorted(plan.input, boundaries);
    case 'scan': {
      const boundary = isLeaf(plan) ? boundaries.get(plan.table.path[0]!) : undefined;
      const passesOn = boundary?.kind === 'shared' || (boundary?.kind === 'python' && boundary.keys === null);
      return passesOn && isSorted(boundary.input, boundaries);
    }
    default:
      return false;
  }
}

function passesOrder(node: LogicalPlan, wanted: boolean): boolean {
  switch (node.kind) {
    case 'project':
    case 'filter':
    case 'unnest':
    case 'correlate':
      return wanted;
    case 'limit':
      return true;
    case 'aggregate':
      return hasOrderedAggregate(node);
    default:
      return false;
  }
}

function hasOrderedAggregate(node: Aggregate): boolean {
  return node.aggregates.some(
    (aggregate) => ORDERED_AGGREGATES.has(aggregate.function) && aggregate.withinGroup.length === 0,
  );
}
