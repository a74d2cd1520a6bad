/** Plans that several read: made by the first, its changes go to all. */
import { columnOf } from '../../plan/expression-builders.js';
import type { PlanColumn } from '../../plan/logical-plan.js';
import type { Shared } from '../../plan/plan-builders.js';
import { projected, type Relation, type StreamContext } from './relation.js';

/** The rows of the plan under the columns of this reference. */
export function streamShared(context: StreamContext, { id, input, columns, span }: Shared): Relation {
  let once = context.shared.get(id);
  if (once === undefined) {
    once = projected(
      context.plan(input),
      input.columns,
      input.columns.map((column) => columnOf(column)),
    );
    context.shared.set(id, once);
  }
  return referenceTo(context, once, { kind: 'shared', id, input: once.plan, columns, span });
}

/** `once` under other ids: `shared` has its columns in front of those that it has beside them. */
export function referenceTo(context: StreamContext, once: Relation, shared: Shared): Relation {
  const { ids } = context.options;
  const columns = once.plan.columns.map((column, i) => {
    return shared.columns[i] ?? ids.column(column.name, column.type);
  });
  const renamed = (column: PlanColumn | null) =>
    columns[once.plan.columns.findIndex(({ id }) => id === column?.id)] ?? null;
  const places = new Map(once.plan.columns.map(({ id }, i): [string, string] => [id, columns[i]!.id]));
  return {
    plan: { ...shared, columns },
    change: renamed(once.change),
    clock: renamed(once.clock),
    order: once.order.map((key) => ({ ...key, column: places.get(key.column)! })),
  };
}
