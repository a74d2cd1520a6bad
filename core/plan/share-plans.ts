/** Equal parts of plans that are run together are computed once: each becomes a `shared` node that all of them read. */
import type { ColumnIds } from './column-ids.js';
import { outerColumns } from './expression-facts.js';
import type { LogicalPlan } from './logical-plan.js';
import { PlanClasses } from './plan-classes.js';
import { subqueryPlans } from './visit-expression.js';
import { expressionsOf, inputsOf, mapPlans } from './visit-plan.js';

/** What may become a shared node. */
export interface Shareable {
  /** True for a plan that is computed once where it stands several times; otherwise only what is below it may be. */
  isShared(plan: LogicalPlan): boolean;
  /** True for a plan below `top` that is read as a part of it, with nothing in between. */
  isPartOf(top: LogicalPlan, plan: LogicalPlan): boolean;
}

/** The plans with a `shared` node for each part that stands in them more than once, the largest ones. */
export function sharePlans(
  plans: readonly LogicalPlan[],
  ids: ColumnIds,
  shareable: Shareable,
): LogicalPlan[] {
  const work = new PlanSharing(ids, shareable);
  for (const plan of plans) work.count(plan, null);
  return plans.map((plan) => work.rewrite(plan, null));
}

class PlanSharing {
  readonly #classes = new PlanClasses();
  /** How often the plans of a class are read. */
  readonly #uses = new Map<number, number>();
  readonly #made = new Map<number, { readonly id: string; readonly input: LogicalPlan }>();

  constructor(
    private readonly ids: ColumnIds,
    private readonly shareable: Shareable,
  ) {}

  /** What is below a plan that is read again is read only by the first. */
  count(plan: LogicalPlan, top: LogicalPlan | null): void {
    const above = this.#topOf(plan, top);
    if (above === plan) {
      const key = this.#classes.of(plan);
      const uses = this.#uses.get(key) ?? 0;
      this.#uses.set(key, uses + 1);
      if (uses > 0 && (plan.kind === 'shared' || this.#isShared(plan))) return;
    }
    const inner = [...inputsOf(plan), ...expressionsOf(plan).flatMap(subqueryPlans)];
    for (const each of inner) this.count(each, above);
  }

  rewrite(plan: LogicalPlan, top: LogicalPlan | null): LogicalPlan {
    const above = this.#topOf(plan, top);
    const key = this.#classes.of(plan);
    const isOnce = above === plan && this.#uses.get(key)! > 1 && this.#isShared(plan);
    if (!isOnce) return this.#inside(plan, above);
    let made = this.#made.get(key);
    if (made === undefined) {
      made = { id: this.ids.fresh('shared'), input: this.#inside(plan, plan) };
      this.#made.set(key, made);
    }
    return { kind: 'shared', ...made, columns: plan.columns, span: plan.span };
  }

  /** What reads a row of an enclosing query is computed for that row. */
  #isShared(plan: LogicalPlan): boolean {
    return this.shareable.isShared(plan) && outerColumns(plan).size === 0;
  }

  #inside(plan: LogicalPlan, top: LogicalPlan): LogicalPlan {
    return mapPlans(plan, (inner) => this.rewrite(inner, top));
  }

  /** The plan that `plan` is a part of, itself where it is of none. */
  #topOf(plan: LogicalPlan, top: LogicalPlan | null): LogicalPlan {
    return top !== null && this.shareable.isPartOf(top, plan) ? top : plan;
  }
}
