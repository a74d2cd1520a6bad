/** Table aggregates in FROM: `top2(TABLE t PARTITION BY k)`. */
import type { FunctionDeclaration, FunctionParameter } from '../../functions/function-declaration.js';
import type { Expression } from '../../plan/expression.js';
import { columnOf } from '../../plan/expression-builders.js';
import type { PlanColumn } from '../../plan/logical-plan.js';
import { implicitlyCastable } from '../../types/common-type.js';
import { sameType } from '../../types/same-type.js';
import { typeToText } from '../../types/type-text.js';
import type { FunctionCallNode } from '../ast.js';
import { type BindContext, bindError } from './bind-context.js';
import { coerce } from './coerce.js';
import { signatureOf } from './python-arguments.js';
import { declaredType } from './python-types.js';
import type { Scope } from './scope.js';
import { bindTableArgument, together } from './table-argument.js';
import type { MapParts } from './table-function.js';

/**
 * The columns of the table that are no partition keys are the arguments of `accumulate`, in order.
 * @throws {SqlError} where they do not fit its parameters.
 */
export function bindTableAggregate(
  context: BindContext,
  call: FunctionCallNode,
  declaration: FunctionDeclaration,
  parent: Scope | null,
): MapParts {
  const [argument, surplus] = call.arguments;
  if (argument === undefined || surplus !== undefined) {
    throw bindError(
      context,
      'SQL_ARGUMENTS',
      `The table aggregate ${declaration.name} takes one table.`,
      surplus?.span ?? call.span,
      `Write FROM ${declaration.name}(TABLE t PARTITION BY k): the other columns of t are its arguments.`,
    );
  }
  const table = bindTableArgument(context, argument, parent);
  const keys = new Set(table.partitionBy.map((column) => column.id));
  const columns = table.plan.columns.filter((column) => !keys.has(column.id));
  const parameters = declaration.parameters;
  const last = parameters.at(-1);
  const least = parameters.filter((parameter) => !parameter.hasDefault && !parameter.variadic).length;
  if (columns.length < least || (columns.length > parameters.length && last?.variadic !== true)) {
    throw bindError(
      context,
      'SQL_ARGUMENTS',
      `${declaration.name} is given the columns ${columns.map((c) => c.name).join(', ') || '(none)'}.`,
      argument.span,
      `It is declared as ${signatureOf(declaration)}. Choose columns by a query: (SELECT k, v FROM t) PARTITION BY k.`,
    );
  }
  return {
    ...together(context, [table], true, call.span),
    tables: [],
    arguments: columns.map((column, i) =>
      fitted(context, declaration, parameters[i] ?? last!, column, argument.span),
    ),
    argumentNames: columns.map(() => null),
  };
}

function fitted(
  context: BindContext,
  declaration: FunctionDeclaration,
  parameter: FunctionParameter,
  column: PlanColumn,
  span: FunctionCallNode['span'],
): Expression {
  const bound = columnOf(column, span);
  if (parameter.type === null) return bound;
  const wanted = declaredType(context, declaration, parameter.type, span);
  if (sameType(bound.type, wanted, 'ignore')) return bound;
  if (implicitlyCastable(bound.type, wanted)) return coerce(bound, wanted);
  throw bindError(
    context,
    'SQL_ARGUMENTS',
    `Parameter '${parameter.name}' of ${declaration.name} is ${typeToText({ ...wanted, nullable: true })}, ` +
      `but column ${column.name} is ${typeToText({ ...bound.type, nullable: true })}.`,
    span,
    `Cast it in a query: (SELECT CAST(${column.name} AS ${typeToText({ ...wanted, nullable: true })}) …).`,
  );
}
