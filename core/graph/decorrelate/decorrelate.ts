/** Correlated subqueries that call Python become joins: each is computed once for the distinct outer values. */
import type { ColumnIds } from '../../plan/column-ids.js';
import { conjunction, conjunctsOf } from '../../plan/conjuncts.js';
import type { Expression } from '../../plan/expression.js';
import type { SubqueryExpression } from '../../plan/expression-builders.js';
import { outerColumns, planCallsPython } from '../../plan/expression-facts.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { optimize } from '../../plan/optimizer.js';
import { filteredBy, narrowedTo } from '../../plan/plan-builders.js';
import { mapOperands, operandsOf } from '../../plan/visit-expression.js';
import { expressionsOf, mapExpressions, mapPlans } from '../../plan/visit-plan.js';
import { refusal } from '../refuse.js';
import { attachSubquery } from './attach-subquery.js';

/**
 * The plan with the same rows and no correlated subquery that calls Python.
 * @throws {PlanError} PLAN_UNSUPPORTED where one cannot be rewritten, with its place and what to write instead.
 */
export function decorrelate(plan: LogicalPlan, ids: ColumnIds, sql: string | null): LogicalPlan {
  const work = new Decorrelation(ids, sql);
  const rewritten = work.rewrite(plan);
  return work.changed ? optimize(rewritten, ids) : plan;
}

class Decorrelation {
  changed = false;
  readonly #ids: ColumnIds;
  readonly #sql: string | null;

  constructor(ids: ColumnIds, sql: string | null) {
    this.#ids = ids;
    this.#sql = sql;
  }

  /** From the outermost query inwards: a subquery two levels down may read columns of both. */
  rewrite(plan: LogicalPlan): LogicalPlan {
    const subquery =
      expressionsOf(plan)
        .map(firstCorrelated)
        .find((found) => found !== null) ?? null;
    if (subquery !== null) return this.rewrite(this.#attach(conditionsAbove(plan), subquery));
    return mapPlans(plan, (inner) => this.rewrite(inner));
  }

  #attach(plan: LogicalPlan, subquery: SubqueryExpression): LogicalPlan {
    this.changed = true;
    const refuse = (why: string): never => {
      throw refusal(
        'PLAN_UNSUPPORTED',
        `This correlated subquery calls a Python function and cannot be made a join: ${why}.`,
        { sql: this.#sql, span: subquery.span },
        'Compute the function in a derived table, then join that on the outer columns.',
      );
    };
    if (!('input' in plan) || plan.kind === 'shared')
      return refuse('it stands in the condition of an outer join, or in VALUES');
    const { rows, value } = attachSubquery(this.#ids, plan.input, subquery, refuse);
    const replaced = mapExpressions(plan, (e) => replace(e, subquery, value));
    const passesOn = plan.kind === 'filter' || plan.kind === 'sort';
    const added = plan.columns.slice(plan.input.columns.length);
    const addsTo = plan.kind === 'correlate' || plan.kind === 'unnest';
    const columns = passesOn ? rows.columns : addsTo ? [...rows.columns, ...added] : plan.columns;
    return narrowedTo({ ...replaced, input: rows, columns } as LogicalPlan, plan.columns);
  }
}

/** A condition of an inner join may as well be a filter above it. */
function conditionsAbove(plan: LogicalPlan): LogicalPlan {
  if (plan.kind !== 'join' || plan.type !== 'inner') return plan;
  const conjuncts = conjunctsOf(plan.condition);
  const below = conjuncts.filter((conjunct) => firstCorrelated(conjunct) === null);
  const above = conjuncts.filter((conjunct) => firstCorrelated(conjunct) !== null);
  return filteredBy({ ...plan, condition: conjunction(below) }, above);
}

/** The first correlated subquery with Python inside an expression; its own operands first. */
function firstCorrelated(expression: Expression): SubqueryExpression | null {
  for (const operand of operandsOf(expression)) {
    const found = firstCorrelated(operand);
    if (found !== null) return found;
  }
  if (expression.kind !== 'subquery') return null;
  return planCallsPython(expression.plan) && outerColumns(expression.plan).size > 0 ? expression : null;
}

function replace(expression: Expression, from: Expression, to: Expression): Expression {
  return expression === from ? to : mapOperands(expression, (operand) => replace(operand, from, to));
}
