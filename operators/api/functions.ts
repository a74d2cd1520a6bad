/** Expressions that begin without a column: constants, CASE, built-in functions by name. */
import type { ExpressionNode } from '../../core/index.js';
import { apply, Column } from './column.js';
import type { ColumnType } from './column-type.js';
import type { Expression, NullIn, Operand, Scope, ScopeIn } from './expression.js';
import * as syntax from './syntax.js';
import type { LiteralOf, SqlDate, SqlDecimal, SqlTime, SqlTimestamp } from './values.js';

type Constant = number | bigint | boolean | string | Uint8Array;
type Widened<V> = V extends string ? string : LiteralOf<V>;
type WidenedIn<O> = O extends Expression<infer V, Scope> ? V : Widened<O>;

/** A constant: `lit(1)` is an INT, `lit(1n)` a BIGINT, `lit(0.5)` a DOUBLE, `lit('a')` a text. */
export function lit<V extends Constant>(value: V): Column<Widened<V>, never> {
  return apply([value], ([node]) => node!);
}

/** A DATE, `date('2001-01-31')`. */
export function date(text: SqlDate): Column<SqlDate, never> {
  return new Column(syntax.text('date', text), []);
}

/** A TIME, `time('23:59:59')`. */
export function time(text: SqlTime): Column<SqlTime, never> {
  return new Column(syntax.text('time', text), []);
}

/** A TIMESTAMP, `timestamp('2001-01-31 23:59:59.5')`. */
export function timestamp(text: SqlTimestamp): Column<SqlTimestamp, never> {
  return new Column(syntax.text('timestamp', text), []);
}

/** An exact number, `decimal('1.50')`; its scale is the digits after the point. */
export function decimal(text: SqlDecimal): Column<SqlDecimal, never> {
  return new Column(syntax.number(text.includes('.') ? 'decimal' : 'integer', text), []);
}

/** `CASE WHEN condition THEN value …`; go on with `.when`, end with `.otherwise` or `.end()`. */
export function when<C extends Expression<boolean | null>, O extends Expression<unknown> | Constant>(
  condition: C,
  value: O,
): Case<WidenedIn<O>, ScopeIn<C | O>> {
  return new Case([{ condition, value }]);
}

/** The branches of a CASE so far; all values are of one kind. */
export class Case<V, S extends Scope> {
  constructor(private readonly branches: readonly { condition: Expression<unknown>; value: unknown }[]) {}

  /** One more branch; the first whose condition is TRUE counts. */
  when<C extends Expression<boolean | null>, O extends Operand<V>>(
    condition: C,
    value: O,
  ): Case<V | NullIn<O>, S | ScopeIn<C | O>> {
    return new Case([...this.branches, { condition, value }]);
  }

  /** The value where no condition is TRUE. */
  otherwise<O extends Operand<V>>(value: O): Column<V | NullIn<O>, S | ScopeIn<O>> {
    const operands = this.branches.flatMap((branch) => [branch.condition, branch.value]);
    return apply([...operands, value], (nodes) =>
      syntax.caseWhen(branchesOf(nodes.slice(0, -1)), nodes.at(-1)!),
    );
  }

  /** NULL where no condition is TRUE. */
  end(): Column<V | null, S> {
    const operands = this.branches.flatMap((branch) => [branch.condition, branch.value]);
    return apply(operands, (nodes) => syntax.caseWhen(branchesOf(nodes), null));
  }
}

/**
 * A built-in function by its SQL name, for those without a method: `call('SQRT', t.double().nullable(), r.x)`. The value
 * is cast to the type; whether it can be NULL is your claim.
 */
export function call<V, A extends readonly (Expression<unknown> | Constant)[]>(
  name: string,
  result: ColumnType<V>,
  ...args: A
): Column<V, ScopeIn<A[number]>> {
  return apply(args, (nodes) => syntax.cast(syntax.call(name, nodes), result.dataType));
}

/** Conditions and values in turn. */
function branchesOf(nodes: readonly ExpressionNode[]) {
  return nodes.flatMap((condition, i) => (i % 2 === 0 ? [{ condition, value: nodes[i + 1]! }] : []));
}
