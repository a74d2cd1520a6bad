/** What is computed for each row of what stands before it in FROM: table functions and UNNEST. */
import type { LogicalPlan, PlanColumn } from '../../plan/logical-plan.js';
import type { DataType } from '../../types/data-type.js';
import { types, withNullable } from '../../types/types.js';
import type { FromNode } from '../ast.js';
import { aliased } from './alias.js';
import { type BindContext, bindError } from './bind-context.js';
import { findFunction } from './call.js';
import { bindExpression } from './expression.js';
import { type ExpressionContext, plainContext } from './expression-context.js';
import type { BoundFrom } from './from.js';
import { bindPythonArguments } from './python-arguments.js';
import type { Scope } from './scope.js';
import { tableColumns } from './table-columns.js';
import { takesTables } from './table-function.js';

type LateralNode = Extract<FromNode, { kind: 'table_function' | 'unnest' }>;

/** `outer`: rows before it for which there is nothing stay, with NULLs. */
export function bindLateral(
  context: BindContext,
  node: LateralNode,
  before: BoundFrom,
  parent: Scope | null,
  outer: boolean,
): BoundFrom {
  const at = plainContext(context, { relations: before.relations, parent }, 'FROM');
  const { plan, own, name } =
    node.kind === 'unnest' ? bindUnnest(at, node, before, outer) : bindTableFunction(at, node, before, outer);
  const relation = aliased(context, own, node.alias, name);
  return { plan, relations: [...before.relations, relation] };
}

interface BoundLateral {
  readonly plan: LogicalPlan;
  readonly own: readonly PlanColumn[];
  readonly name: string | null;
}

function bindTableFunction(
  at: ExpressionContext,
  node: Extract<LateralNode, { kind: 'table_function' }>,
  before: BoundFrom,
  outer: boolean,
): BoundLateral {
  const { context } = at;
  const { call } = node;
  const name = call.name.parts.at(-1)!.name;
  const callee = findFunction(context, call);
  if (callee.kind !== 'python' || callee.declaration.kind !== 'table') {
    throw bindError(context, 'SQL_INVALID', `${name} is no table function.`, call.span);
  }
  const { declaration } = callee;
  if (takesTables(declaration)) {
    const message = `${name} takes a table, so it cannot be joined with LATERAL.`;
    const hint = `Write FROM t JOIN ${name}(TABLE …) ON …, without LATERAL.`;
    throw bindError(context, 'SQL_INVALID', message, call.span, hint);
  }
  const { args, names } = bindPythonArguments(at, call, declaration);
  const fields = tableColumns(context, declaration, args, names, call.span);
  const own = fields.map((field) => context.ids.column(field.name, nullableIf(field.type, outer)));
  const plan: LogicalPlan = {
    kind: 'correlate',
    input: before.plan,
    call: {
      kind: 'python_call',
      function: declaration.name,
      arguments: args,
      argumentNames: names,
      deterministic: declaration.deterministic,
      span: call.span,
    },
    outer,
    columns: [...before.plan.columns, ...own],
    span: node.span,
  };
  return { plan, own, name };
}

function bindUnnest(
  at: ExpressionContext,
  node: Extract<LateralNode, { kind: 'unnest' }>,
  before: BoundFrom,
  outer: boolean,
): BoundLateral {
  const { context } = at;
  if (node.operands.length !== 1) {
    throw bindError(context, 'SQL_UNSUPPORTED', 'UNNEST takes one collection.', node.span);
  }
  const collection = bindExpression(at, node.operands[0]!);
  const elements = elementColumns(collection.type);
  if (elements === null) {
    const message = `UNNEST takes an ARRAY, MAP or MULTISET, but this is ${collection.type.kind}.`;
    throw bindError(context, 'SQL_TYPE', message, node.operands[0]!.span);
  }
  const ordinality = node.withOrdinality ? [{ name: 'ORDINALITY', type: types.notNull(types.int()) }] : [];
  const own = [...elements, ...ordinality].map(({ name, type }) =>
    context.ids.column(name, nullableIf(type, outer)),
  );
  const plan: LogicalPlan = {
    kind: 'unnest',
    input: before.plan,
    collection,
    withOrdinality: node.withOrdinality,
    outer,
    columns: [...before.plan.columns, ...own],
    span: node.span,
  };
  return { plan, own, name: null };
}

/** The columns of an element: a ROW gives its fields, a MAP key and value. */
function elementColumns(type: DataType): { readonly name: string; readonly type: DataType }[] | null {
  if (type.kind === 'MAP') {
    return [
      { name: 'KEY', type: type.key },
      { name: 'VALUE', type: type.value },
    ];
  }
  if (type.kind !== 'ARRAY' && type.kind !== 'MULTISET') return null;
  const { element } = type;
  return element.kind === 'ROW' ? [...element.fields] : [{ name: 'EXPR$0', type: element }];
}

function nullableIf(type: DataType, nullable: boolean): DataType {
  return nullable ? withNullable(type, true) : type;
}
