/** Equal parts of plans that are run together are computed once: each becomes a `shared` node that all of them read. */
import type { ColumnIds } from './column-ids.js';
import type { LogicalPlan } from './logical-plan.js';
import { PlanClasses } from './plan-classes.js';
import { subqueryPlans } from './visit-expression.js';
import { expressionsOf, inputsOf, mapPlans } from './visit-plan.js';

/** What is done with a plan that stands in several places: it is computed once, or what is below it may be. */
export type PlanPlace = 'once' | 'below';

/**
 * The plans with a `shared` node for each part that stands in them more than once, the largest ones.
 */
export function sharePlans(
  plans: readonly LogicalPlan[],
  ids: ColumnIds,
  sharing: (plan: LogicalPlan) => PlanPlace,
): LogicalPlan[] {
  const work = new PlanSharing(ids, sharing);
  for (const plan of plans) work.count(plan);
  return plans.map((plan) => work.rewrite(plan));
}

class PlanSharing {
  readonly #classes = new PlanClasses();
  /** How often the plans of a class are read. */
  readonly #uses = new Map<number, number>();
  readonly #made = new Map<number, { readonly id: string; readonly input: LogicalPlan }>();
  readonly #ids: ColumnIds;
  readonly #sharing: (plan: LogicalPlan) => PlanPlace;

  constructor(ids: ColumnIds, sharing: (plan: LogicalPlan) => PlanPlace) {
    this.#ids = ids;
    this.#sharing = sharing;
  }

  /** What is below a plan that is read again is read only by the first. */
  count(plan: LogicalPlan): void {
    const sharing = this.#sharing(plan);
    const key = this.#classes.of(plan);
    const uses = this.#uses.get(key) ?? 0;
    this.#uses.set(key, uses + 1);
    if (uses > 0 && (sharing === 'once' || plan.kind === 'shared')) return;
    for (const inner of readBy(plan)) this.count(inner);
  }

  rewrite(plan: LogicalPlan): LogicalPlan {
    const sharing = this.#sharing(plan);
    const key = this.#classes.of(plan);
    if (sharing === 'below' || this.#uses.get(key) === 1) return this.#inside(plan);
    let made = this.#made.get(key);
    if (made === undefined) {
      made = { id: this.#ids.fresh('shared'), input: this.#inside(plan) };
      this.#made.set(key, made);
    }
    return { kind: 'shared', ...made, columns: plan.columns, span: plan.span };
  }

  #inside(plan: LogicalPlan): LogicalPlan {
    return mapPlans(plan, (inner) => this.rewrite(inner));
  }
}

function readBy(plan: LogicalPlan): LogicalPlan[] {
  return [...inputsOf(plan), ...expressionsOf(plan).flatMap(subqueryPlans)];
}
