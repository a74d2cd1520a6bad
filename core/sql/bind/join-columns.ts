/** JOIN … USING and NATURAL JOIN: columns of equal names become one. */
import { conjunction } from '../../plan/conjuncts.js';
import { columnOf } from '../../plan/expression-builders.js';
import type { LogicalPlan, PlanColumn } from '../../plan/logical-plan.js';
import { extendedBy, type Join, type NamedExpression } from '../../plan/plan-builders.js';
import type { FromNode, Identifier } from '../ast.js';
import { type BindContext, bindError, nearHint } from './bind-context.js';
import { callBuiltin } from './builtin-call.js';
import type { BoundFrom } from './from.js';
import { type Relation, relationOf, visibleColumns } from './scope.js';

interface Sides {
  readonly left: BoundFrom;
  readonly right: BoundFrom;
  /** Of both sides, as the join types them. */
  readonly relations: readonly Relation[];
}

/**
 * The join on equality of the columns; unqualified, each name means the side that has a value, and `*` lists
 * it once.
 */
export function mergeColumns(
  context: BindContext,
  node: Extract<FromNode, { kind: 'join' }>,
  join: Join,
  sides: Sides,
): BoundFrom {
  const left = visibleColumns(sides.left.relations);
  const right = visibleColumns(sides.right.relations);
  const names: readonly Pick<Identifier, 'name' | 'span'>[] =
    node.using ??
    left
      .filter((column) => right.some((other) => other.name === column.name))
      .map((column) => ({ name: column.name, span: node.span }));
  const pairs = names.map((name) => ({
    name: name.name,
    left: columnNamed(context, left, name),
    right: columnNamed(context, right, name),
  }));
  const condition = conjunction(
    pairs.map((pair) => callBuiltin(context, '=', [columnOf(pair.left), columnOf(pair.right)], node.span)),
  );
  const joined: LogicalPlan = { ...join, condition };
  const typed = new Map(join.columns.map((column) => [column.id, column]));
  const added: NamedExpression[] = [];
  const merged = pairs.map((pair): PlanColumn => {
    const own = { ...(join.type === 'right' ? pair.right : pair.left), name: pair.name };
    if (join.type !== 'full') return own;
    const both = [pair.left, pair.right].map((column) => columnOf(typed.get(column.id)!));
    const expression = callBuiltin(context, 'COALESCE', both, node.span);
    const column = context.ids.column(pair.name, expression.type);
    added.push({ column, expression });
    return column;
  });
  const hidden = new Set(pairs.flatMap((pair) => [pair.left.id, pair.right.id]));
  const relations = sides.relations.map((relation) => ({
    ...relation,
    merged: new Set([
      ...relation.merged,
      ...relation.columns.filter((c) => hidden.has(c.id)).map((c) => c.id),
    ]),
  }));
  return { plan: extendedBy(joined, added), relations: [relationOf(null, merged), ...relations] };
}

function columnNamed(
  context: BindContext,
  columns: readonly PlanColumn[],
  name: Pick<Identifier, 'name' | 'span'>,
): PlanColumn {
  const matches = columns.filter((column) => column.name === name.name);
  if (matches.length === 1) return matches[0]!;
  const names = columns.map((column) => column.name);
  const problem = matches.length === 0 ? 'is missing on one side' : 'is ambiguous on one side';
  throw bindError(
    context,
    'SQL_UNKNOWN_COLUMN',
    `Column '${name.name}' of USING ${problem}.`,
    name.span,
    nearHint(name.name, names, 'Columns'),
  );
}
