/** Moves conditions towards the tables, so that fewer rows reach Python functions and joins. */
import { conjunction, conjunctsOf } from '../conjuncts.js';
import type { Expression } from '../expression.js';
import {
  callsPython,
  hasSubquery,
  hasWindowCall,
  isNondeterministic,
  planCallsPython,
  referencedColumns,
} from '../expression-facts.js';
import type { LogicalPlan } from '../logical-plan.js';
import { type Aggregate, filteredBy, idsOf, type Join, type Project } from '../plan-builders.js';
import { substitute, substitutionOf } from '../substitute.js';
import { subqueryPlans } from '../visit-expression.js';
import { mapInputs, somePlan } from '../visit-plan.js';
import { windowTimeOf } from '../window-edges.js';
import { implied } from './implied-conditions.js';
import type { Rule } from './rule.js';

/**
 * Splits WHERE, HAVING and ON into conjuncts and moves each as far down as it means the same: below
 * projections (also below Python calls that it does not need), sorts, set operations, lateral joins, to the
 * sides of joins, below GROUP BY where it reads keys alone. Conjuncts that call Python or are not
 * deterministic stay, after the others.
 */
export const pushFilters: Rule = { name: 'push-filters', apply: (plan) => visit(plan) };

function visit(plan: LogicalPlan): LogicalPlan {
  if (plan.kind === 'filter') return push(plan.input, conjunctsOf(plan.predicate));
  if (plan.kind === 'join') return pushIntoJoin(plan, []);
  return mapInputs(plan, visit);
}

/** `plan` filtered by `conjuncts`, pushed. */
function push(plan: LogicalPlan, conjuncts: readonly Expression[]): LogicalPlan {
  if (conjuncts.length === 0) return visit(plan);
  const [movable, rest] = partition(
    conjuncts,
    (conjunct) => isMovable(conjunct) && !(hasSubquery(conjunct) && isTimed(plan)),
  );
  switch (plan.kind) {
    case 'filter':
      return push(plan.input, [...conjunctsOf(plan.predicate), ...conjuncts]);
    case 'project':
      return pushBelowProject(plan, movable, rest);
    case 'join': {
      // A semi join is cheapest over the few rows that the other joins leave; only Python should see fewer rows still.
      const [dear, cheap] = planCallsPython(plan) ? [[], movable] : partition(movable, hasSubquery);
      return filteredBy(pushIntoJoin(plan, cheap), [...dear, ...rest]);
    }
    case 'sort':
    case 'distinct':
      return filteredBy({ ...plan, input: push(plan.input, movable) }, rest);
    case 'correlate':
    case 'lookup_join':
    case 'unnest': {
      const [below, above] = partition(movable, reads(idsOf(plan.input.columns)));
      return filteredBy({ ...plan, input: push(plan.input, below) }, [...above, ...rest]);
    }
    case 'map': {
      // Rows of a broadcast table have no key, and another query may want other keys of the same call.
      const isWhole = plan.call.sharing !== null || plan.call.tables.some((table) => table.isBroadcast);
      const width = isWhole ? 0 : (plan.keys?.length ?? 0);
      const readsKeys = reads(idsOf(plan.columns.slice(0, width)));
      const [below, above] = partition(
        movable,
        (conjunct) => width > 0 && referencedColumns(conjunct).size > 0 && readsKeys(conjunct),
      );
      return filteredBy({ ...plan, input: push(plan.input, below) }, [...above, ...rest]);
    }
    case 'set':
      return filteredBy(pushBelowSet(plan, movable), rest);
    case 'aggregate':
      return pushBelowAggregate(plan, movable, rest);
    default:
      return filteredBy(mapInputs(plan, visit), [...movable, ...rest]);
  }
}

function pushBelowProject(
  project: Project,
  movable: readonly Expression[],
  rest: readonly Expression[],
): LogicalPlan {
  const meaning = substitutionOf(project);
  const windowed = project.expressions.some(hasWindowCall);
  const below: Expression[] = [];
  const above: Expression[] = [];
  for (const conjunct of movable) {
    const inside = substitute(conjunct, meaning);
    if (!windowed && isMovable(inside)) below.push(inside);
    else above.push(conjunct);
  }
  return filteredBy({ ...project, input: push(project.input, below) }, [...above, ...rest]);
}

function pushBelowSet(
  plan: Extract<LogicalPlan, { kind: 'set' }>,
  conjuncts: readonly Expression[],
): LogicalPlan {
  const side = (input: LogicalPlan) => {
    const meaning = new Map(
      plan.columns.map((column, i): [string, Expression] => {
        const source = input.columns[i]!;
        return [column.id, { kind: 'column', id: source.id, type: source.type, span: null }];
      }),
    );
    return push(
      input,
      conjuncts.map((conjunct) => substitute(conjunct, meaning)),
    );
  };
  return { ...plan, left: side(plan.left), right: side(plan.right) };
}

function pushBelowAggregate(
  plan: Aggregate,
  movable: readonly Expression[],
  rest: readonly Expression[],
): LogicalPlan {
  const keys = new Map(plan.groups.map((group, i) => [plan.columns[i]!.id, group]));
  const readsKeys = reads(new Set(keys.keys()));
  const canMove = (conjunct: Expression) =>
    plan.groupingSets === null &&
    plan.groups.length > 0 &&
    referencedColumns(conjunct).size > 0 &&
    readsKeys(conjunct) &&
    isMovable(substitute(conjunct, keys));
  const [below, above] = partition(movable, canMove);
  const input = push(
    plan.input,
    below.map((conjunct) => substitute(conjunct, keys)),
  );
  return filteredBy({ ...plan, input }, [...above, ...rest]);
}

/** Moves `above` (conditions on the join's rows) and the join's own condition to where they belong. */
function pushIntoJoin(join: Join, above: readonly Expression[]): LogicalPlan {
  const on = conjunctsOf(join.condition);
  const readsLeft = reads(idsOf(join.left.columns));
  const readsRight = reads(idsOf(join.right.columns));
  const keepsLeft =
    join.type === 'inner' || join.type === 'left' || join.type === 'semi' || join.type === 'anti';
  const keepsRight = join.type === 'inner' || join.type === 'right';
  // A condition of ON may filter the side whose unmatched rows are dropped; one of WHERE the side that keeps
  // its rows.
  const onFiltersLeft = join.type === 'inner' || join.type === 'right' || join.type === 'semi';
  const onFiltersRight = join.type !== 'right' && join.type !== 'full';
  const left: Expression[] = [];
  const right: Expression[] = [];
  const stays: Expression[] = [];
  const condition: Expression[] = [];
  for (const conjunct of on) {
    if (onFiltersLeft && isMovable(conjunct) && readsLeft(conjunct)) left.push(conjunct);
    else if (onFiltersRight && isMovable(conjunct) && readsRight(conjunct)) right.push(conjunct);
    else condition.push(conjunct);
  }
  for (const conjunct of above) {
    if (keepsLeft && readsLeft(conjunct)) left.push(conjunct);
    else if (keepsRight && readsRight(conjunct)) right.push(conjunct);
    else if (join.type === 'inner') condition.push(conjunct);
    else stays.push(conjunct);
  }
  if (keepsLeft && onFiltersRight) right.push(...implied(left, condition, readsRight));
  if (join.type === 'right') left.push(...implied(right, condition, readsLeft));
  const joined: LogicalPlan = {
    ...join,
    left: push(join.left, left),
    right: push(join.right, right),
    condition: conjunction(condition),
  };
  return filteredBy(joined, stays);
}

/** A subquery with Python stays: below a projection, a call that the projection makes would be made in it again. */
function isMovable(conjunct: Expression): boolean {
  const isPlain = !callsPython(conjunct) && !isNondeterministic(conjunct) && !hasWindowCall(conjunct);
  return isPlain && !subqueryPlans(conjunct).some(planCallsPython);
}

/** True where it is done in the order of event time: rows of a stream that wait for those of a subquery would be late. */
function isTimed(plan: LogicalPlan): boolean {
  const isOrdered =
    plan.kind === 'aggregate' ? windowTimeOf(plan.input, plan.groups) !== null : ORDERED.has(plan.kind);
  return isOrdered && somePlan(plan, ({ kind }) => kind === 'watermark');
}

const ORDERED: ReadonlySet<LogicalPlan['kind']> = new Set(['join', 'sort', 'map']);

function reads(columns: ReadonlySet<string>): (expression: Expression) => boolean {
  return (expression) => [...referencedColumns(expression)].every((id) => columns.has(id));
}

function partition<T>(items: readonly T[], test: (item: T) => boolean): [T[], T[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
