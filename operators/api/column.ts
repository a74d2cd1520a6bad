/** Expressions over the columns of a row: each operator is a method, and the compiler knows the value it gives. */
import type { ExpressionNode, TimeUnit } from '../../core/index.js';
import type { ColumnType } from './column-type.js';
import { literalNode } from './literal.js';
import * as syntax from './syntax.js';
import type { KindOf, LiteralOf, Numeric, Ordered, SqlDate, SqlInstant, SqlTime, SqlTimestamp } from './values.js';

declare const KIND: unique symbol;
declare const SCOPE: unique symbol;

/** Where an expression may stand: `row` in a projection or condition, `group` after `groupBy`; constants in both. */
export type Scope = 'row' | 'group';

/** The row of a table inside one callback; an expression remembers those that it reads. */
export interface RowInput {
  readonly alias: string;
  /** Names in order; null: not known before the query is planned. */
  readonly columns: readonly string[] | null;
}

/** What may stand beside a column of `V`: a column of the same kind, or a plain value. */
export type Operand<V> = Column<NonNullable<V> | null, Scope> | LiteralOf<NonNullable<V>>;

type ScopeIn<O> = O extends Column<unknown, infer S> ? S : never;
type NullIn<O> = O extends Column<infer V, Scope> ? Extract<V, null> : Extract<O, null>;
type ValueIn<O> = O extends Column<infer V, Scope> ? V : O;

/** An expression that gives values of `V`. Immutable; made by rows, `lit` and the functions of this API. */
export class Column<V, S extends Scope = Scope> {
  declare readonly [KIND]: KindOf<V>;
  declare readonly [SCOPE]: S;
  readonly node: ExpressionNode;
  readonly inputs: ReadonlySet<RowInput>;

  constructor(node: ExpressionNode, inputs: Iterable<RowInput>) {
    this.node = node;
    this.inputs = new Set(inputs);
  }

  /** `=`; NULL where either side is. */
  eq<O extends Operand<V>>(other: O) {
    return this.#compare('=', other);
  }

  /** `<>`; NULL where either side is. */
  ne<O extends Operand<V>>(other: O) {
    return this.#compare('<>', other);
  }

  lt<O extends Operand<V>>(this: Column<Ordered | null, S>, other: O): Column<boolean | NullIn<this | O>, S | ScopeIn<O>> {
    return combine([this, other], (left, right) => syntax.binary('<', left!, right!));
  }
}
