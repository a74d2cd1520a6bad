/** Functions over tables in FROM: `f(input => TABLE t PARTITION BY k ORDER BY ts, 3)`. */
import type { FunctionDeclaration } from '../../functions/function-declaration.js';
import type { Expression, MapTable, TablePlace } from '../../plan/expression.js';
import { columnOf, literalOf } from '../../plan/expression-builders.js';
import type { PlanColumn } from '../../plan/logical-plan.js';
import type { MapNode } from '../../plan/plan-builders.js';
import type { RowField } from '../../types/data-type.js';
import { typeToText } from '../../types/type-text.js';
import { types } from '../../types/types.js';
import type { FromNode } from '../ast.js';
import { aliased } from './alias.js';
import { type BindContext, bindError } from './bind-context.js';
import { findFunction } from './call.js';
import { coerce } from './coerce.js';
import { plainContext } from './expression-context.js';
import type { BoundFrom } from './from.js';
import { bindPythonArguments } from './python-arguments.js';
import { EMPTY_SCOPE, type Scope } from './scope.js';
import { outputOf, sharingOf, sideFields, takeOutputTag } from './side-outputs.js';
import { bindTableAggregate } from './table-aggregate.js';
import { type BoundTable, bindTableArgument, together } from './table-argument.js';
import { type KnownArgument, tableColumns } from './table-columns.js';

export type TableFunctionNode = Extract<FromNode, { kind: 'table_function' }>;

/** True where a call in FROM is given tables instead of values. */
export function isOverTables(context: BindContext, node: TableFunctionNode): boolean {
  const callee = findFunction(context, node.call);
  return callee.kind === 'python' && takesTables(callee.declaration);
}

/** True for functions with table parameters and for table aggregates. */
export function takesTables(declaration: FunctionDeclaration): boolean {
  return declaration.kind === 'table_aggregate' || declaration.parameters.some((p) => p.table !== null);
}

/** The rows of the call: the partition keys, then the function's columns. */
export function bindTableFunction(
  context: BindContext,
  node: TableFunctionNode,
  parent: Scope | null,
): BoundFrom {
  const callee = findFunction(context, node.call);
  if (callee.kind !== 'python')
    throw bindError(context, 'SQL_INVALID', 'This is no table function.', node.call.span);
  const { declaration } = callee;
  if (declaration.kind === 'table_aggregate') {
    const parts = bindTableAggregate(context, node.call, declaration, parent);
    return finished(context, node, declaration, parts, { sharing: null, tag: null });
  }
  const { call, tag } = takeOutputTag(context, node.call, declaration);
  const tables: BoundTable[] = [];
  const places: Expression[] = [];
  const at = plainContext(context, EMPTY_SCOPE, 'FROM');
  const { args, names } = bindPythonArguments(at, call, declaration, (parameter, argument) => {
    tables.push(bindTableArgument(context, argument, parent, parameter.table === 'broadcast'));
    places.push(literalOf(null, types.null(), argument.span));
    return places.at(-1)!;
  });
  const needsSet = declaration.parameters.some((parameter) => parameter.table === 'set');
  const parts: MapParts = {
    ...together(context, tables, needsSet, call.span),
    arguments: args.map((argument) => {
      const member = places.indexOf(argument);
      return member >= 0 ? { kind: 'table', member } : constant(context, declaration, argument);
    }),
    argumentNames: names,
  };
  return finished(context, node, declaration, parts, {
    sharing: sharingOf(context, call, declaration, parent),
    tag,
  });
}

/** What the call of a function over tables is made of. */
export interface MapParts {
  readonly plan: BoundFrom['plan'];
  readonly keys: readonly PlanColumn[] | null;
  readonly order: Extract<BoundFrom['plan'], { kind: 'map' }>['order'];
  readonly tag: PlanColumn | null;
  readonly tables: readonly MapTable[];
  readonly arguments: readonly (Expression | TablePlace)[];
  readonly argumentNames: readonly (string | null)[];
}

function finished(
  context: BindContext,
  node: TableFunctionNode,
  declaration: FunctionDeclaration,
  parts: MapParts,
  { sharing, tag }: { readonly sharing: string | null; readonly tag: string | null },
): BoundFrom {
  const { call } = node;
  const known = parts.arguments.map(
    (argument): KnownArgument =>
      argument.kind === 'table'
        ? { kind: 'rows', fields: fieldsOf(parts.tables[argument.member]!) }
        : argument,
  );
  const fields = tableColumns(context, declaration, known, parts.argumentNames, call.span);
  const keys = parts.keys ?? [];
  const taken = new Set(keys.map((key) => key.name));
  const own = fields.map((field) =>
    context.ids.column(taken.has(field.name) ? `${field.name}0` : field.name, field.type),
  );
  const sides = sideFields(context, declaration, call.span);
  const columns = [...keys, ...own, ...sides.map(({ name, type }) => context.ids.column(name, type))];
  const map: MapNode = {
    kind: 'map',
    input: parts.plan,
    call: {
      function: declaration.name,
      arguments: parts.arguments,
      argumentNames: parts.argumentNames,
      tables: parts.tables,
      type: { kind: 'ROW', nullable: false, fields },
      sideFields: sides,
      sharing,
      span: call.span,
    },
    keys: parts.keys === null ? null : keys.map((key) => columnOf(key)),
    order: parts.order,
    tag: parts.tag === null ? null : columnOf(parts.tag),
    columns,
    span: node.span,
  };
  const plan = outputOf(context, map, declaration, tag);
  return { plan, relations: [aliased(context, plan.columns, node.alias, call.name.parts.at(-1)!.name)] };
}

function fieldsOf({ columns, names }: MapTable): RowField[] {
  return columns.map(({ type }, i) => ({ name: names[i]!, type }));
}

function constant(context: BindContext, declaration: FunctionDeclaration, argument: Expression): Expression {
  if (argument.kind === 'literal') return argument;
  if (argument.kind === 'cast' && argument.argument.kind === 'literal') {
    const converted = coerce(argument.argument, argument.type);
    if (converted.kind === 'literal') return converted;
  }
  throw bindError(
    context,
    'SQL_ARGUMENTS',
    `Beside a table ${declaration.name} takes constants, but this is computed (${typeToText(argument.type)}).`,
    argument.span,
    'Write a literal of the type of the parameter, or make it a column of the table.',
  );
}
