/** Side outputs of process functions: `FROM f(TABLE t PARTITION BY k, output_tag => 'late')`. */
import type { FunctionDeclaration } from '../../functions/function-declaration.js';
import { columnOf, literalOf, predicate } from '../../plan/expression-builders.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { filteredBy, type MapNode, projectOf } from '../../plan/plan-builders.js';
import type { RowField } from '../../types/data-type.js';
import { types } from '../../types/types.js';
import type { FunctionCallNode } from '../ast.js';
import { callText } from '../print/call.js';
import { queryText } from '../print/query.js';
import type { Span } from '../span.js';
import { type BindContext, bindError, nearHint } from './bind-context.js';
import { declaredType } from './python-types.js';
import type { Scope } from './scope.js';

const ARGUMENT = 'output_tag';

/** A call without its `output_tag`, and what that says; null: the function's own result. */
export function takeOutputTag(
  context: BindContext,
  call: FunctionCallNode,
  declaration: FunctionDeclaration,
): { readonly call: FunctionCallNode; readonly tag: string | null } {
  const given = call.arguments.find((argument) => argument.name?.name === ARGUMENT);
  if (given === undefined || !declaration.stateful) return { call, tag: null };
  const tags = declaration.sideOutputs.map(({ tag }) => tag);
  const { value } = given;
  const tag = value.kind === 'literal' && value.type === 'string' ? value.value : null;
  if (tag === null || !tags.includes(tag)) {
    const message =
      tag === null
        ? `The ${ARGUMENT} of ${declaration.name} is no text.`
        : `${declaration.name} has no side output '${tag}'.`;
    const hint =
      tags.length === 0
        ? `Make an OutputTag('${tag ?? 'late'}', …) an attribute of its class.`
        : nearHint(tag ?? '', tags, 'Side outputs');
    throw bindError(context, 'SQL_ARGUMENTS', message, given.span, hint);
  }
  return { call: { ...call, arguments: call.arguments.filter((argument) => argument !== given) }, tag };
}

/** The fields that a row has beside those of the function's result: its tag, then those of each side output. */
export function sideFields(
  context: BindContext,
  declaration: FunctionDeclaration,
  span: Span,
): readonly RowField[] {
  if (declaration.sideOutputs.length === 0) return [];
  const outputs = declaration.sideOutputs.flatMap(({ type }) => fieldsOf(context, declaration, type, span));
  return [{ name: ARGUMENT, type: types.string() }, ...outputs];
}

/** The rows of the result, or of the side output `tag`, out of all that the function gives. */
export function outputOf(
  context: BindContext,
  map: MapNode,
  declaration: FunctionDeclaration,
  tag: string | null,
): LogicalPlan {
  if (declaration.sideOutputs.length === 0) return map;
  const all = map.columns;
  const sides = map.call.sideFields.length;
  const tagColumn = all[all.length - sides]!;
  const keys = all.slice(0, map.keys?.length ?? 0);
  const [condition, own] =
    tag === null
      ? [predicate('IS NULL', [columnOf(tagColumn)]), all.slice(keys.length, all.length - sides)]
      : [
          predicate('=', [columnOf(tagColumn), literalOf(tag, types.notNull(types.string()))]),
          columnsOfTag(context, map, declaration, tag),
        ];
  const taken = new Set(keys.map((key) => key.name));
  const columns = [...keys, ...own].map((column, i) => {
    const name = i >= keys.length && taken.has(column.name) ? `${column.name}0` : column.name;
    return context.ids.column(name, column.type);
  });
  return projectOf(
    filteredBy(map, [condition]),
    columns,
    [...keys, ...own].map((column) => columnOf(column)),
  );
}

function columnsOfTag(
  context: BindContext,
  map: MapNode,
  declaration: FunctionDeclaration,
  tag: string,
): MapNode['columns'] {
  let next = map.columns.length - map.call.sideFields.length + 1;
  for (const output of declaration.sideOutputs) {
    const width = fieldsOf(context, declaration, output.type, map.call.span!).length;
    if (output.tag === tag) return map.columns.slice(next, next + width);
    next += width;
  }
  return [];
}

/**
 * What calls have in common that are one: the text of the call and of the names that it may refer to. Null where there is nothing to
 * share, or it reads columns around it.
 */
export function sharingOf(
  context: BindContext,
  call: FunctionCallNode,
  declaration: FunctionDeclaration,
  parent: Scope | null,
): string | null {
  if (declaration.sideOutputs.length === 0) return null;
  if (parent !== null) return context.ids.fresh('sharing');
  return JSON.stringify([context.namespace, namesOf(context), callText(call)]);
}

function namesOf({ commonTables }: BindContext): unknown {
  return [...commonTables].map(([name, { query, columns, context }]) => [
    name,
    columns,
    queryText(query),
    namesOf(context),
  ]);
}

function fieldsOf(
  context: BindContext,
  declaration: FunctionDeclaration,
  text: string,
  span: Span,
): readonly RowField[] {
  const type = declaredType(context, declaration, text, span);
  return type.kind === 'ROW' ? type.fields : [{ name: 'f0', type }];
}
