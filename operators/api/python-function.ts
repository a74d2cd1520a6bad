/** Python functions as typed callables. The signature is the caller's claim; the planner checks calls against Python's. */
import { apply, type Column } from './column.js';
import type { Expression, ScopeIn } from './expression.js';
import * as syntax from './syntax.js';
import type { LiteralOf } from './values.js';

/** What stands for a parameter of `V`: NULL only where `V` has null. */
export type PythonArgument<V> = Expression<V> | LiteralOf<NonNullable<V>>;
type PythonArguments<A extends readonly unknown[]> = { readonly [K in keyof A]: PythonArgument<A[K]> };
type RowArguments<A extends readonly unknown[]> = { readonly [K in keyof A]: Expression<A[K], 'row'> };

/** A scalar function: call it with columns and constants. */
export type PythonFunction<A extends readonly unknown[], R> = <C extends PythonArguments<A>>(
  ...args: C
) => Column<R, ScopeIn<C[number]>>;

/** An aggregate function: call it after `groupBy`, with columns of the rows. */
export type PythonAggregate<A extends readonly unknown[], R> = (
  ...args: RowArguments<A>
) => Column<R, 'group'>;

/**
 * A scalar function that the session knows as `name`: `pythonFunction<[number | null], number | null>('score')`.
 * Python's `int` is a BIGINT (`bigint` here), `float` a DOUBLE (`number`).
 */
export function pythonFunction<A extends readonly unknown[], R>(name: string): PythonFunction<A, R> {
  return (...args) => apply(args, (nodes) => syntax.call(name, nodes));
}

/** An aggregate function that the session knows as `name`. Types as for `pythonFunction`. */
export function pythonAggregate<A extends readonly unknown[], R>(name: string): PythonAggregate<A, R> {
  return (...args) => apply(args, (nodes) => syntax.call(name, nodes));
}

/** Signatures of a Python file's functions, written as an interface: `{ score(x: number | null): number | null }`. */
export type Signatures<F> = {
  readonly [K in keyof F]: ((...args: never) => unknown) | AggregateSignature<readonly unknown[], unknown>;
};

declare const AGGREGATE: unique symbol;

/** The signature of an aggregate function: `{ p90: AggregateSignature<[bigint], bigint | null> }`. */
export interface AggregateSignature<A extends readonly unknown[], R> {
  readonly [AGGREGATE]: [A, R];
}

/** The callables of a Python file. */
export type PythonFunctions<F> = {
  readonly [K in keyof F]: F[K] extends AggregateSignature<infer A, infer R>
    ? PythonAggregate<A, R>
    : F[K] extends (...args: infer A) => infer R
      ? PythonFunction<A, R>
      : never;
};
