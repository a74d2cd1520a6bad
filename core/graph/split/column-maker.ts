/** Columns computed below a stage: each distinct expression once. */
import type { ColumnIds } from '../../plan/column-ids.js';
import type { Expression } from '../../plan/expression.js';
import { isNondeterministic } from '../../plan/expression-facts.js';
import { expressionKey } from '../../plan/expression-key.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { extendedBy, type NamedExpression } from '../../plan/plan-builders.js';

/** Collects expressions over a plan and gives each a column of the plan that `build` returns. */
export class ColumnMaker {
  readonly #ids: ColumnIds;
  readonly #made = new Map<string, NamedExpression>();

  constructor(ids: ColumnIds) {
    this.#ids = ids;
  }

  /** The id of the column that holds `expression`; `name` is what a new one is called. */
  idFor(expression: Expression, name: string): string {
    if (expression.kind === 'column') return expression.id;
    const key = isNondeterministic(expression) ? `volatile ${this.#made.size}` : expressionKey(expression);
    let made = this.#made.get(key);
    if (made === undefined) {
      made = { column: this.#ids.column(name, expression.type), expression };
      this.#made.set(key, made);
    }
    return made.column.id;
  }

  /** `input` with all the columns. */
  build(input: LogicalPlan): LogicalPlan {
    return extendedBy(input, [...this.#made.values()]);
  }
}
