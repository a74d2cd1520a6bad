/** Gives a plan made from other text (a view, a computed column) the place where it is used. */
import type { LogicalPlan } from '../../plan/logical-plan.js';
import type { Span } from '../span.js';

/** The same plan with every span replaced; expressions that were one object stay one. */
export function relocate(plan: LogicalPlan, span: Span): LogicalPlan {
  const done = new Map<object, unknown>();
  const visit = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const earlier = done.get(value);
    if (earlier !== undefined) return earlier;
    const copy = Array.isArray(value)
      ? value.map(visit)
      : Object.fromEntries(
          Object.entries(value).map(([key, item]) => [key, key === 'span' ? span : visit(item)]),
        );
    done.set(value, copy);
    return copy;
  };
  return visit(plan) as LogicalPlan;
}
