/** Operators as methods. A method exists for the compiler only where the column's kind has it, and the result is typed. */
import type { ExpressionNode, TimeUnit } from '../../core/index.js';
import type { ColumnType } from './column-type.js';
import { Expression, type NullIn, type Operand, type Scope, type ScopeIn } from './expression.js';
import { operandOf } from './literal.js';
import { SortKey } from './sort-key.js';
import * as syntax from './syntax.js';
import type { Numeric, Ordered, SqlDate, SqlInstant, SqlTime, SqlTimestamp } from './values.js';

/** The result of an operator on a column of `V` and an operand: NULL where either is, unless its method says otherwise. */
type Result<T, V, S extends Scope, O = never> = Column<T | Extract<V, null> | NullIn<O>, S | ScopeIn<O>>;
type Temporal = SqlDate | SqlTime | SqlTimestamp | SqlInstant;

/** A column of a row, or an expression over some. */
export class Column<V, S extends Scope = Scope> extends Expression<V, S> {
  /** `=` */
  eq<O extends Operand<V>>(other: O): Result<boolean, V, S, O> {
    return apply([this, other], ([a, b]) => syntax.binary('=', a!, b!));
  }

  /** `<>` */
  ne<O extends Operand<V>>(other: O): Result<boolean, V, S, O> {
    return apply([this, other], ([a, b]) => syntax.binary('<>', a!, b!));
  }

  /** `<` */
  lt<O extends Operand<V>>(this: Expression<Ordered | null>, other: O): Result<boolean, V, S, O> {
    return apply([this, other], ([a, b]) => syntax.binary('<', a!, b!));
  }

  /** `<=` */
  lte<O extends Operand<V>>(this: Expression<Ordered | null>, other: O): Result<boolean, V, S, O> {
    return apply([this, other], ([a, b]) => syntax.binary('<=', a!, b!));
  }

  /** `>` */
  gt<O extends Operand<V>>(this: Expression<Ordered | null>, other: O): Result<boolean, V, S, O> {
    return apply([this, other], ([a, b]) => syntax.binary('>', a!, b!));
  }

  /** `>=` */
  gte<O extends Operand<V>>(this: Expression<Ordered | null>, other: O): Result<boolean, V, S, O> {
    return apply([this, other], ([a, b]) => syntax.binary('>=', a!, b!));
  }

  /** `BETWEEN low AND high`, both included. */
  between<L extends Operand<V>, H extends Operand<V>>(
    this: Expression<Ordered | null>,
    low: L,
    high: H,
  ): Result<boolean, V, S, L | H> {
    return apply([this, low, high], ([a, b, c]) => syntax.between(a!, b!, c!));
  }

  /** `IN (…)`; at least one item. */
  in<O extends Operand<V>>(first: O, ...others: readonly O[]): Result<boolean, V, S, O> {
    return apply([this, first, ...others], ([operand, ...items]) => syntax.inList(operand!, items));
  }

  /** `IS NULL`; never NULL itself. */
  isNull(): Column<boolean, S> {
    return apply([this], ([a]) => syntax.isTest(a!, 'NULL', false));
  }

  /** `IS NOT NULL`; never NULL itself. */
  isNotNull(): Column<boolean, S> {
    return apply([this], ([a]) => syntax.isTest(a!, 'NULL', true));
  }

  /** `IS DISTINCT FROM`: `<>` that takes NULL for a value; never NULL itself. */
  isDistinctFrom<O extends Operand<V>>(other: O): Column<boolean, S | ScopeIn<O>> {
    return apply([this, other], ([a, b]) => syntax.binary('IS DISTINCT FROM', a!, b!));
  }

  /** `COALESCE`: `fallback` where this is NULL. */
  orElse<O extends Operand<V>>(fallback: O): Column<NonNullable<V> | NullIn<O>, S | ScopeIn<O>> {
    return apply([this, fallback], (args) => syntax.call('COALESCE', args));
  }

  /** `CAST`; a value that does not fit fails the job. NULL stays NULL. */
  cast<T>(type: ColumnType<T>): Column<NonNullable<T> | Extract<V, null>, S> {
    return apply([this], ([a]) => syntax.cast(a!, type.dataType));
  }

  /** `TRY_CAST`; a value that does not fit is NULL. */
  tryCast<T>(type: ColumnType<T>): Column<NonNullable<T> | null, S> {
    return apply([this], ([a]) => syntax.cast(a!, type.dataType, true));
  }

  /** `+` */
  plus<O extends Operand<V>>(this: Expression<Numeric | null>, other: O): Result<V, V, S, O> {
    return apply([this, other], ([a, b]) => syntax.binary('+', a!, b!));
  }

  /** `-` */
  minus<O extends Operand<V>>(this: Expression<Numeric | null>, other: O): Result<V, V, S, O> {
    return apply([this, other], ([a, b]) => syntax.binary('-', a!, b!));
  }

  /** `*` */
  times<O extends Operand<V>>(this: Expression<Numeric | null>, other: O): Result<V, V, S, O> {
    return apply([this, other], ([a, b]) => syntax.binary('*', a!, b!));
  }

  /** `/`; between whole numbers the quotient is cut off, as in SQL: `cast(t.double())` keeps its fraction. */
  dividedBy<O extends Operand<V>>(this: Expression<Numeric | null>, other: O): Result<V, V, S, O> {
    return apply([this, other], ([a, b]) => syntax.binary('/', a!, b!));
  }

  /** `%`, with the sign of the dividend. */
  mod<O extends Operand<V>>(this: Expression<Numeric | null>, other: O): Result<V, V, S, O> {
    return apply([this, other], ([a, b]) => syntax.binary('%', a!, b!));
  }

  /** The number with the other sign. */
  negated(this: Expression<Numeric | null>): Column<V, S> {
    return apply([this], ([a]) => syntax.unary('-', a!));
  }

  /** `ABS` */
  abs(this: Expression<Numeric | null>): Column<V, S> {
    return apply([this], (args) => syntax.call('ABS', args));
  }

  /** `ROUND`, half away from zero; `digits` after the point. */
  round(this: Expression<Numeric | null>, digits = 0): Column<V, S> {
    return apply([this, digits], (args) => syntax.call('ROUND', args));
  }

  /** `FLOOR` */
  floor(this: Expression<Numeric | null>): Column<V, S> {
    return apply([this], (args) => syntax.call('FLOOR', args));
  }

  /** `CEIL` */
  ceil(this: Expression<Numeric | null>): Column<V, S> {
    return apply([this], (args) => syntax.call('CEIL', args));
  }

  /** `AND`: FALSE where either side is, even beside NULL. */
  and<O extends Operand<V>>(this: Expression<boolean | null>, other: O): Result<boolean, V, S, O> {
    return apply([this, other], ([a, b]) => syntax.binary('AND', a!, b!));
  }

  /** `OR`: TRUE where either side is, even beside NULL. */
  or<O extends Operand<V>>(this: Expression<boolean | null>, other: O): Result<boolean, V, S, O> {
    return apply([this, other], ([a, b]) => syntax.binary('OR', a!, b!));
  }

  /** `NOT` */
  not(this: Expression<boolean | null>): Result<boolean, V, S> {
    return apply([this], ([a]) => syntax.unary('NOT', a!));
  }

  /** `IS TRUE`; never NULL itself. */
  isTrue(this: Expression<boolean | null>): Column<boolean, S> {
    return apply([this], ([a]) => syntax.isTest(a!, 'TRUE', false));
  }

  /** `UPPER` */
  upper(this: Expression<string | null>): Column<V, S> {
    return apply([this], (args) => syntax.call('UPPER', args));
  }

  /** `LOWER` */
  lower(this: Expression<string | null>): Column<V, S> {
    return apply([this], (args) => syntax.call('LOWER', args));
  }

  /** `TRIM`: without blanks at both ends. */
  trim(this: Expression<string | null>): Column<V, S> {
    return apply([this, ' '], ([a, blank]) => syntax.call('TRIM', [syntax.keyword('BOTH'), blank!, a!]));
  }

  /** `||` */
  concat<O extends Operand<V>>(this: Expression<string | null>, other: O): Result<string, V, S, O> {
    return apply([this, other], ([a, b]) => syntax.binary('||', a!, b!));
  }

  /** `LIKE`: `%` stands for any characters, `_` for one. */
  like<O extends Operand<V>>(this: Expression<string | null>, pattern: O): Result<boolean, V, S, O> {
    return apply([this, pattern], ([a, b]) => syntax.like(a!, b!));
  }

  /** `SUBSTRING`; the first character is 1, without `length` it goes to the end. */
  substring(this: Expression<string | null>, start: number, length?: number): Column<V, S> {
    const operands = length === undefined ? [this, start] : [this, start, length];
    return apply(operands, (args) => syntax.call('SUBSTRING', args));
  }

  /** `REPLACE` of every `part`. */
  replace(this: Expression<string | null>, part: string, by: string): Column<V, S> {
    return apply([this, part, by], (args) => syntax.call('REPLACE', args));
  }

  /** `CHAR_LENGTH` */
  charLength(this: Expression<string | null>): Result<number, V, S> {
    return apply([this], (args) => syntax.call('CHAR_LENGTH', args));
  }

  /** `EXTRACT(unit FROM …)` */
  extract(this: Expression<Temporal | null>, unit: TimeUnit): Result<bigint, V, S> {
    return apply([this], ([a]) => syntax.call('EXTRACT', [syntax.keyword(unit), a!]));
  }

  /** An element of an array, the first is 1; NULL where there is none. */
  at<E>(this: Expression<readonly E[] | null, S>, index: number): Column<E | null, S> {
    return apply([this, index], ([a, b]) => syntax.element(a!, b!));
  }

  /** A field of a ROW. */
  get<R extends object, K extends keyof R & string>(
    this: Expression<R | null, S>,
    name: K,
  ): Column<R[K] | Extract<V, null>, S> {
    return apply([this], ([a]) => syntax.field(a!, name));
  }

  /** Ascending, NULLs first as in Flink; for `orderBy`. */
  asc(): SortKey<S> {
    return new SortKey(this, false, null);
  }

  /** Descending, NULLs last as in Flink; for `orderBy`. */
  desc(): SortKey<S> {
    return new SortKey(this, true, null);
  }
}

/** The expression that `build` makes of operands. Its type is what the caller promises. */
export function apply<V, S extends Scope>(
  operands: readonly unknown[],
  build: (nodes: readonly ExpressionNode[]) => ExpressionNode,
): Column<V, S> {
  const parts = operands.map(operandOf);
  return new Column(
    build(parts.map(({ node }) => node)),
    parts.flatMap(({ inputs }) => [...inputs]),
  );
}
