/** Expressions as functions of a row, for the core's own operators: what they mean is what DuckDB is told elsewhere. */
import type { SqlValue } from '../batch/value.js';
import type { Expression } from '../plan/expression.js';
import { compileCall } from './call.js';
import { compileCast } from './cast.js';
import { literalValue } from './literal.js';

/** The value of an expression for the values of a row. */
export type Evaluate = (row: readonly SqlValue[]) => SqlValue;

/** The place of a column in a row; undefined where there is none. */
export type Places = (id: string) => number | undefined;

/** The expression over rows whose columns are at `places`; null where it has parts that only DuckDB or Python know. */
export function compile(expression: Expression, places: Places): Evaluate | null {
  switch (expression.kind) {
    case 'column': {
      const place = places(expression.id);
      return place === undefined ? null : (row) => row[place]!;
    }
    case 'literal': {
      const value = literalValue(expression.type, expression.value);
      return value === undefined ? null : () => value;
    }
    case 'case':
      return compileCase(expression, places);
    case 'cast': {
      const argument = compile(expression.argument, places);
      const convert = compileCast(expression.argument.type, expression.type);
      if (argument === null || convert === null) return null;
      return (row) => {
        const value = argument(row);
        return value === null ? null : convert(value);
      };
    }
    case 'call': {
      const args = compileAll(expression.arguments, places);
      return args === null ? null : compileCall(expression, args);
    }
    default:
      return null;
  }
}

/** All of them, or null. */
export function compileAll(expressions: readonly Expression[], places: Places): Evaluate[] | null {
  const compiled = expressions.map((expression) => compile(expression, places));
  return compiled.includes(null) ? null : (compiled as Evaluate[]);
}

function compileCase(
  { branches, otherwise, type }: Extract<Expression, { kind: 'case' }>,
  places: Places,
): Evaluate | null {
  const values = [...branches.map((branch) => branch.then), ...(otherwise === null ? [] : [otherwise])];
  if (values.some((value) => value.type.kind !== type.kind && value.type.kind !== 'NULL')) return null;
  const whens = compileAll(
    branches.map((branch) => branch.when),
    places,
  );
  const thens = compileAll(values, places);
  if (whens === null || thens === null) return null;
  return (row) => {
    const at = whens.findIndex((when) => when(row) === true);
    return (at < 0 ? thens[branches.length] : thens[at])?.(row) ?? null;
  };
}
