/** UNION, INTERSECT, EXCEPT. */
import { columnOf } from '../../plan/expression-builders.js';
import type { LogicalPlan } from '../../plan/logical-plan.js';
import { projectOf } from '../../plan/plan-builders.js';
import { commonType } from '../../types/common-type.js';
import type { DataType } from '../../types/data-type.js';
import { sameType } from '../../types/same-type.js';
import { typeToText } from '../../types/type-text.js';
import { withNullable } from '../../types/types.js';
import type { SetOperationNode } from '../ast.js';
import { type BindContext, bindError } from './bind-context.js';
import { coerce } from './coerce.js';
import { bindBody } from './query.js';
import type { Scope } from './scope.js';

/** Columns go together by position; names are those of the left side, types are shared. */
export function bindSetOperation(
  context: BindContext,
  node: SetOperationNode,
  parent: Scope | null,
): LogicalPlan {
  const left = bindBody(context, node.left, parent);
  const right = bindBody(context, node.right, parent);
  if (left.columns.length !== right.columns.length) {
    const message = `${node.operator} joins ${left.columns.length} column(s) with ${right.columns.length}.`;
    throw bindError(context, 'SQL_INVALID', message, node.right.span);
  }
  const types = left.columns.map((column, i) => {
    const other = right.columns[i]!;
    const type = commonType([column.type, other.type]);
    if (type !== null) return type;
    const kinds = `${typeToText(column.type)} and ${typeToText(other.type)}`;
    const message = `Column ${i + 1} of ${node.operator} has the types ${kinds}.`;
    throw bindError(context, 'SQL_TYPE', message, node.right.span, 'Use CAST.');
  });
  return {
    kind: 'set',
    operator: node.operator.toLowerCase() as 'union' | 'intersect' | 'except',
    all: node.all,
    left: withTypes(context, left, types),
    right: withTypes(context, right, types),
    columns: left.columns.map((column, i) => context.ids.column(column.name, types[i]!)),
    span: node.span,
  };
}

function withTypes(context: BindContext, plan: LogicalPlan, types: readonly DataType[]): LogicalPlan {
  if (plan.columns.every((column, i) => sameType(column.type, types[i]!, 'ignore'))) return plan;
  return projectOf(
    plan,
    plan.columns.map((column, i) =>
      context.ids.column(column.name, withNullable(types[i]!, column.type.nullable)),
    ),
    plan.columns.map((column, i) => coerce(columnOf(column), types[i]!)),
  );
}
