/** The row that a callback gets, and the check of what it gives back. */
import { nearNames, PlanError, SqlError } from '../../core/index.js';
import { Column } from './column.js';
import { Expression, type RowInput, type Scope } from './expression.js';
import * as syntax from './syntax.js';

/** The columns of a row by name. `{ ...row, more: … }` keeps them all, where their names are known. */
export type Row<R extends object, S extends Scope = 'row'> = { readonly [K in keyof R]: Column<R[K], S> };

/** Expressions by the names of new columns. */
export type Projection<S extends Scope> = Readonly<Record<string, Expression<unknown, S>>>;

/** The record that a projection makes. */
export type ProjectedRecord<C> = {
  -readonly [K in keyof C]: C[K] extends Expression<infer V, Scope> ? V : never;
};

/** The row of `input`. Reading a column that is not there throws {SqlError} SQL_UNKNOWN_COLUMN with near names. */
export function rowOf<R extends object, S extends Scope>(input: RowInput): Row<R, S> {
  const column = (name: string) => new Column<unknown, S>(syntax.columnName(input.alias, name), [input]);
  const known = Object.fromEntries((input.columns ?? []).map((name) => [name, column(name)]));
  return new Proxy(known, {
    get: (columns, name) => {
      if (typeof name === 'symbol' || Object.hasOwn(columns, name)) return Reflect.get(columns, name);
      if (input.columns === null) return column(name);
      throw unknownColumn(name, input.columns);
    },
  }) as Row<R, S>;
}

/**
 * What a callback gave, as names and syntax.
 * @throws {PlanError} API_PROJECTION for no column or something that is none, API_FOREIGN_COLUMN for a column of another row
 */
export function projected(projection: Projection<Scope>, inputs: readonly RowInput[]) {
  const entries = Object.entries(projection);
  if (entries.length === 0) {
    throw new PlanError('API_PROJECTION', 'The callback gave no column.', {
      hint: inputs.some(({ columns }) => columns === null)
        ? 'Names of this table are not known, so `...row` is empty: give a schema, or name the columns.'
        : 'Return an object: r => ({ id: r.id }).',
    });
  }
  return entries.map(([name, expression]) => ({
    name,
    node: ownNode(expression, inputs, `Column '${name}'`),
  }));
}

/** The syntax of an expression that reads `inputs` only. @throws {PlanError} as `projected` */
export function ownNode(expression: unknown, inputs: readonly RowInput[], what: string) {
  if (!(expression instanceof Expression)) {
    throw new PlanError('API_PROJECTION', `${what} is ${String(expression)}, which is no column.`, {
      hint: 'Write lit(…) for a constant.',
    });
  }
  for (const input of expression.inputs) {
    if (inputs.includes(input)) continue;
    throw new PlanError('API_FOREIGN_COLUMN', `${what} reads a row of another callback.`, {
      hint: 'Use the row that this callback is given; join the tables where two are needed.',
    });
  }
  return expression.node;
}

/** The error for a name that no column has. */
export function unknownColumn(name: string, columns: readonly string[]): SqlError {
  const near = nearNames(name, columns);
  return new SqlError('SQL_UNKNOWN_COLUMN', `There is no column '${name}'.`, {
    hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `There are: ${columns.join(', ')}.`,
  });
}
