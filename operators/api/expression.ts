/** What every expression carries: its syntax, the rows it reads, and for the compiler its value and scope. */
import type { ExpressionNode } from '../../core/index.js';
import type { KindOf, LiteralOf } from './values.js';

declare const VALUE: unique symbol;
declare const KIND: unique symbol;
declare const SCOPE: unique symbol;

/** Where an expression may stand: `row` in a projection or condition, `group` after `groupBy`; constants in both. */
export type Scope = 'row' | 'group';

/** The row of a table inside one callback. */
export interface RowInput {
  readonly alias: string;
  /** Names in order; null: not known before the query is planned. */
  readonly columns: readonly string[] | null;
}

/** An expression that gives values of `V`. Immutable. `K` is for the compiler: a DATE is text, but no `string` column. */
export class Expression<V, S extends Scope = Scope, K = KindOf<V>> {
  declare readonly [VALUE]: V;
  declare readonly [KIND]: K;
  declare readonly [SCOPE]: S;
  readonly node: ExpressionNode;
  readonly inputs: ReadonlySet<RowInput>;

  constructor(node: ExpressionNode, inputs: Iterable<RowInput>) {
    this.node = node;
    this.inputs = new Set(inputs);
  }
}

/** What may stand beside a column of `V`: an expression of the same kind, or a plain value. */
export type Operand<V> = Expression<NonNullable<V> | null, Scope> | LiteralOf<NonNullable<V>>;

/** The value of an operand. */
export type ValueIn<O> = O extends Expression<infer V, Scope> ? V : O;

/** Null where an operand can be NULL. */
export type NullIn<O> = Extract<ValueIn<O>, null>;

/** The scope of an operand; plain values have none. */
export type ScopeIn<O> = O extends Expression<unknown, infer S> ? S : never;
