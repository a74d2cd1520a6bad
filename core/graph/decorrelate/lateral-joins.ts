/** LATERAL queries, joins whose right side reads columns of its left side, become plain joins. */
import type { ColumnIds } from '../../plan/column-ids.js';
import { conjunction, conjunctsOf } from '../../plan/conjuncts.js';
import { outerColumns } from '../../plan/expression-facts.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { filteredBy, type Join, narrowedTo } from '../../plan/plan-builders.js';
import { mapPlans } from '../../plan/visit-plan.js';
import { refusal } from '../refuse.js';
import { forAllValues } from './dependent-join.js';
import { sameValues } from './keys.js';
import { joinedLeft } from './left-join.js';
import { OuterValues } from './outer-values.js';
import { stackedOn } from './stacked.js';

/** Where the rewriting is done. */
export interface LateralOptions {
  readonly ids: ColumnIds;
  /** The text that spans are places of. */
  readonly sql: string | null;
}

/**
 * The plan with the same rows and no join whose right side reads its left side. It comes before the optimizer,
 * whose rules know nothing of such joins.
 * @throws {PlanError} PLAN_UNSUPPORTED where one cannot be rewritten.
 */
export function joinLaterals(plan: LogicalPlan, options: LateralOptions): LogicalPlan {
  const inner = mapPlans(plan, (below) => joinLaterals(below, options));
  return inner.kind === 'join' && readsLeft(inner) ? asJoin(inner, options) : inner;
}

function readsLeft({ left, right }: Join): boolean {
  const read = outerColumns(right);
  return left.columns.some((column) => read.has(column.id));
}

function asJoin(join: Join, { ids, sql }: LateralOptions): LogicalPlan {
  const { left, right } = join;
  const conditions = conjunctsOf(join.condition);
  const stacked = join.type === 'inner' ? stackedOn(left, right) : null;
  if (stacked !== null) return narrowedTo(filteredBy(stacked, conditions), join.columns);
  const place = { sql, span: right.span ?? join.span };
  const refuse = (why: string): never => {
    const message = `This LATERAL query cannot be made a join: ${why}.`;
    const hint = 'Join with a derived table that has the columns which ON compares, and leave LATERAL out.';
    throw refusal('PLAN_UNSUPPORTED', message, place, hint);
  };
  const read = outerColumns(right);
  const outer = new OuterValues(
    left,
    left.columns.filter((column) => read.has(column.id)),
    ids,
  );
  const { plan, keys } = forAllValues(outer, ids, right, refuse);
  const found = narrowedTo(plan, [...keys, ...right.columns]);
  const same = [...sameValues(outer.columns, keys), ...conditions];
  const joined: LogicalPlan =
    join.type === 'left'
      ? joinedLeft(outer.rows, found, same)
      : {
          ...join,
          left: outer.rows,
          right: found,
          condition: conjunction(same),
          columns: [...outer.rows.columns, ...found.columns],
        };
  return narrowedTo(joined, join.columns);
}
