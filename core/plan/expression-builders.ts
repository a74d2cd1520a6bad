/** Short forms for the expressions that rules and the planner make. */
import type { DataType } from '../types/data-type.js';
import type { Expression, LiteralValue } from './expression.js';
import type { PlanColumn } from './logical-plan.js';

export type ColumnReference = Extract<Expression, { kind: 'column' }>;
export type PythonCallExpression = Extract<Expression, { kind: 'python_call' }>;
export type WindowCall = Extract<Expression, { kind: 'window_call' }>;
export type PythonWindowCall = WindowCall & { readonly python: NonNullable<WindowCall['python']> };
export type BuiltinCall = Extract<Expression, { kind: 'call' }>;
export type SubqueryExpression = Extract<Expression, { kind: 'subquery' }>;

/** BOOLEAN that may be NULL, and BOOLEAN NOT NULL. */
export const BOOLEAN: DataType = { kind: 'BOOLEAN', nullable: true };
export const BOOLEAN_NOT_NULL: DataType = { kind: 'BOOLEAN', nullable: false };

/** A reference to a column. */
export function columnOf(column: PlanColumn, span: Expression['span'] = null): ColumnReference {
  return { kind: 'column', id: column.id, type: column.type, span };
}

/** A constant of a type. */
export function literalOf(value: LiteralValue, type: DataType, span: Expression['span'] = null): Expression {
  return { kind: 'literal', value, type, span };
}

/** TRUE. */
export function trueLiteral(): Expression {
  return literalOf(true, BOOLEAN_NOT_NULL);
}

/** A call of a built-in that answers BOOLEAN. */
export function predicate(name: string, args: readonly Expression[]): Expression {
  const nullable = !name.startsWith('IS ') && args.some((argument) => argument.type.nullable);
  return {
    kind: 'call',
    function: name,
    arguments: args,
    type: nullable ? BOOLEAN : BOOLEAN_NOT_NULL,
    span: null,
  };
}

/** A cast that keeps the place of its argument. */
export function castTo(argument: Expression, type: DataType): Expression {
  return { kind: 'cast', argument, safe: false, type, span: argument.span };
}

/** True for TRUE. */
export function isTrueLiteral(expression: Expression): boolean {
  return expression.kind === 'literal' && expression.value === true;
}
