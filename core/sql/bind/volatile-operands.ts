/** Columns for what volatile built-ins give to aggregates: their SQL may name an operand several times. */
import type { ColumnIds } from '../../plan/column-ids.js';
import type { AggregateCall, Expression } from '../../plan/expression.js';
import { columnOf } from '../../plan/expression-builders.js';
import { hasVolatileCall } from '../../plan/expression-facts.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { extendedBy, type NamedExpression } from '../../plan/plan-builders.js';

/** The operands of one SELECT that are computed below its aggregates, once for each row. */
export class VolatileOperands {
  readonly #added: NamedExpression[] = [];

  constructor(private readonly ids: ColumnIds) {}

  /** A reference to a column of its own; the expression itself where it is the same each time. */
  column(expression: Expression): Expression {
    if (!hasVolatileCall(expression)) return expression;
    const column = this.ids.column('operand', expression.type);
    this.#added.push({ column, expression });
    return columnOf(column, expression.span);
  }

  /** A call whose arguments and FILTER read such columns. */
  ofCall(call: AggregateCall): AggregateCall {
    if (call.python) return call;
    const filter = call.filter === null ? null : this.column(call.filter);
    return { ...call, arguments: call.arguments.map((argument) => this.column(argument)), filter };
  }

  /** `input` with the columns; what they are made of is an expression over `input` after `rewrite`. */
  below(input: LogicalPlan, rewrite: (expression: Expression) => Expression): LogicalPlan {
    const added = this.#added.map((item) => ({ ...item, expression: rewrite(item.expression) }));
    return extendedBy(input, added);
  }
}
