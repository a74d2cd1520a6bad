/** Subqueries become joins where DuckDB cannot compute them: each is computed once for the distinct outer values. */
import type { ColumnIds } from '../../plan/column-ids.js';
import { conjunction, conjunctsOf } from '../../plan/conjuncts.js';
import type { Expression } from '../../plan/expression.js';
import type { SubqueryExpression } from '../../plan/expression-builders.js';
import { outerColumns, planCallsPython } from '../../plan/expression-facts.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { filteredBy, narrowedTo } from '../../plan/plan-builders.js';
import { mapOperands, operandsOf } from '../../plan/visit-expression.js';
import { expressionsOf, mapExpressions, mapPlans } from '../../plan/visit-plan.js';
import { optimizeTogether } from '../optimize-together.js';
import type { PlanOptions } from '../plan-options.js';
import { refusal } from '../refuse.js';
import { attachSubquery } from './attach-subquery.js';

/**
 * Plans that are run together with the same rows and no correlated subquery that calls Python; over a stream, without any subquery.
 * What is read once more for the values of outer rows is shared with them.
 * @throws {PlanError} PLAN_UNSUPPORTED, PLAN_STREAMING where one cannot be rewritten, with its place and what to write instead.
 */
export function decorrelate(
  plans: readonly LogicalPlan[],
  options: Pick<PlanOptions, 'connectors' | 'ids' | 'mode' | 'sharing' | 'sql'>,
): readonly LogicalPlan[] {
  const work = new Decorrelation(options.ids, options.sql, options.mode === 'streaming');
  const rewritten = plans.map((plan) => work.rewrite(plan));
  return work.changed ? optimizeTogether(rewritten, options) : plans;
}

class Decorrelation {
  changed = false;
  readonly #ids: ColumnIds;
  readonly #sql: string | null;
  readonly #isStream: boolean;

  constructor(ids: ColumnIds, sql: string | null, isStream: boolean) {
    this.#ids = ids;
    this.#sql = sql;
    this.#isStream = isStream;
  }

  /** From the outermost query inwards: a subquery two levels down may read columns of both. */
  rewrite(plan: LogicalPlan): LogicalPlan {
    const subquery =
      expressionsOf(plan)
        .map((expression) => this.#first(expression))
        .find((found) => found !== null) ?? null;
    if (subquery !== null) return this.rewrite(this.#attach(this.#conditionsAbove(plan), subquery));
    return mapPlans(plan, (inner) => this.rewrite(inner));
  }

  #attach(plan: LogicalPlan, subquery: SubqueryExpression): LogicalPlan {
    this.changed = true;
    const refuse = (why: string): never => {
      if (this.#isStream) {
        throw refusal(
          'PLAN_STREAMING',
          `This subquery is not supported in streaming mode: ${why}.`,
          { sql: this.#sql, span: subquery.span },
          'For input that ends, use batch mode.',
        );
      }
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

  /** A condition of an inner join may as well be a filter above it. */
  #conditionsAbove(plan: LogicalPlan): LogicalPlan {
    if (plan.kind !== 'join' || plan.type !== 'inner') return plan;
    const conjuncts = conjunctsOf(plan.condition);
    const below = conjuncts.filter((conjunct) => this.#first(conjunct) === null);
    const above = conjuncts.filter((conjunct) => this.#first(conjunct) !== null);
    return filteredBy({ ...plan, condition: conjunction(below) }, above);
  }

  /** The first subquery inside an expression that has to become a join; its own operands first. */
  #first(expression: Expression): SubqueryExpression | null {
    for (const operand of operandsOf(expression)) {
      const found = this.#first(operand);
      if (found !== null) return found;
    }
    if (expression.kind !== 'subquery') return null;
    const isPython = () => planCallsPython(expression.plan) && outerColumns(expression.plan).size > 0;
    return this.#isStream || isPython() ? expression : null;
  }
}

function replace(expression: Expression, from: Expression, to: Expression): Expression {
  return expression === from ? to : mapOperands(expression, (operand) => replace(operand, from, to));
}
