/** INSERT: which query column goes where, and as what. */

import { pathText, type TableEntry } from '../../catalog/catalog.js';
import { checkNotNull } from '../../functions/builtins/not-null.js';
import type { Expression } from '../../plan/expression.js';
import { columnOf, literalOf, predicate } from '../../plan/expression-builders.js';
import type { LogicalPlan, QueryPlan, ScanTable } from '../../plan/logical-plan.js';
import { filteredBy, projectOf } from '../../plan/plan-builders.js';
import { implicitlyCastable } from '../../types/common-type.js';
import type { DataType } from '../../types/data-type.js';
import { sameType } from '../../types/same-type.js';
import { typeToText } from '../../types/type-text.js';
import { types, withNullable } from '../../types/types.js';
import type { InsertStatement } from '../ast.js';
import type { Span } from '../span.js';
import { type BindContext, type BindErrorCode, bindError, nearHint } from './bind-context.js';
import { coerce } from './coerce.js';
import { bindExpression } from './expression.js';
import { plainContext } from './expression-context.js';
import { partitionFolder, partitionValue } from './partition.js';
import { bindQuery } from './query.js';
import { EMPTY_SCOPE } from './scope.js';
import { scanTableOf } from './table-reference.js';

/**
 * The query with exactly the columns that the table stores, in its types. Columns that the statement does not name
 * are NULL.
 * @throws {SqlError} for columns that do not fit, unknown ones, and NULL where a column is NOT NULL.
 */
export function bindInsert(context: BindContext, node: InsertStatement): QueryPlan {
  const entry = targetOf(context, node);
  const table = scanTableOf(context, entry, node.hints, node.table.span, 'write');
  const input = bindQuery(context, node.query, null);
  if (node.onConflict !== null && table.primaryKey.length === 0) {
    const message = `ON CONFLICT is about the primary key of a table, and ${pathText(entry.path)} has none.`;
    throw bindError(
      context,
      'SQL_INVALID',
      message,
      node.table.span,
      'Leave it out, or declare PRIMARY KEY (…) NOT ENFORCED.',
    );
  }
  const fixed = fixedValues(context, node, table);
  const names = node.columns?.map((column) => column.name) ?? null;
  const open = names ?? table.columns.map((column) => column.name).filter((name) => !fixed.has(name));
  checkNames(context, node, table.columns);
  if (open.length !== input.columns.length) {
    const wanted = open.join(', ');
    const message = `The query has ${input.columns.length} column(s), but ${pathText(entry.path)} takes ${open.length}.`;
    throw bindError(context, 'SQL_INVALID', message, node.query.span, `Its columns: ${wanted}.`);
  }
  const expressions = table.columns.map(({ name, type }): Expression => {
    const value = fixed.get(name);
    if (value !== undefined) return fitting(context, value, type, name, value.span ?? node.span);
    const position = open.indexOf(name);
    const source = position < 0 ? literalOf(null, types.null()) : columnOf(input.columns[position]!);
    const fitted = fitting(context, source, type, name, columnSpan(node, position));
    return table.partitionedBy.includes(name) ? partitionValue(fitted, type) : fitted;
  });
  const columns = table.columns.map(({ name }, i) => context.ids.column(name, expressions[i]!.type));
  const rows = withoutNulls(context, projectOf(input, columns, expressions), table);
  const root: LogicalPlan = { ...rows, span: node.span };
  const partition = partitionFolder(table.partitionedBy, fixed);
  const { overwrite, onConflict } = node;
  return { root, sink: { kind: 'table', table, overwrite, partition, onConflict } };
}

/** NULL in NOT NULL columns fails the job while it runs, or leaves the row out. */
function withoutNulls(context: BindContext, rows: LogicalPlan, { path, columns }: ScanTable): LogicalPlan {
  const isChecked = (i: number) => !columns[i]!.type.nullable && rows.columns[i]!.type.nullable;
  const checked = rows.columns.filter((_, i) => isChecked(i));
  if (checked.length === 0) return rows;
  if (context.notNull === 'drop') {
    return filteredBy(
      rows,
      checked.map((column) => predicate('IS NOT NULL', [columnOf(column)])),
    );
  }
  const row = rows.columns.map((column, i) => ({ column, name: columns[i]!.name }));
  return projectOf(
    rows,
    columns.map(({ name, type }) => context.ids.column(name, type)),
    row.map(({ column, name }, i) =>
      isChecked(i) ? checkNotNull(column, name, path.at(-1)!, row) : columnOf(column),
    ),
  );
}

function targetOf(context: BindContext, node: InsertStatement): TableEntry {
  const path = context.catalog.qualify(node.table.parts.map((part) => part.name));
  const entry = context.catalog.relation(path);
  if (entry === null) {
    const error = context.catalog.unknownRelation(path);
    throw bindError(context, error.code as BindErrorCode, error.message, node.table.span, error.hint);
  }
  if (entry.kind === 'table') return entry;
  throw bindError(
    context,
    'SQL_INVALID',
    `${pathText(path)} is a view; rows go into tables.`,
    node.table.span,
  );
}

/** Values of PARTITION (a = 1). */
function fixedValues(
  context: BindContext,
  node: InsertStatement,
  { columns, partitionedBy, path }: ScanTable,
): Map<string, Expression> {
  const at = plainContext(context, EMPTY_SCOPE, 'PARTITION');
  const fixed = new Map<string, Expression>();
  for (const item of node.partition?.items ?? []) {
    const name = item.column.name;
    if (!columns.some((column) => column.name === name)) {
      const names = columns.map((column) => column.name);
      const hint = nearHint(name, names, 'Columns');
      throw bindError(context, 'SQL_UNKNOWN_COLUMN', `There is no column '${name}'.`, item.span, hint);
    }
    if (!partitionedBy.includes(name)) {
      const message = `'${name}' is no partition column of ${path.at(-1)}.`;
      const hint =
        partitionedBy.length === 0
          ? 'The table is not partitioned.'
          : `They are: ${partitionedBy.join(', ')}.`;
      throw bindError(context, 'SQL_INVALID', message, item.span, hint);
    }
    fixed.set(name, bindExpression(at, item.value));
  }
  return fixed;
}

function checkNames(
  context: BindContext,
  node: InsertStatement,
  columns: readonly { readonly name: string }[],
): void {
  const seen = new Set<string>();
  for (const { name, span } of node.columns ?? []) {
    const names = columns.map((column) => column.name);
    if (!names.includes(name)) {
      const hint = nearHint(name, names, 'Columns');
      throw bindError(
        context,
        'SQL_UNKNOWN_COLUMN',
        `There is no column '${name}' in the table.`,
        span,
        hint,
      );
    }
    if (seen.has(name)) throw bindError(context, 'SQL_INVALID', `Column '${name}' is named twice.`, span);
    seen.add(name);
  }
}

/** The value as the column's type. */
function fitting(
  context: BindContext,
  value: Expression,
  type: DataType,
  name: string,
  span: Span,
): Expression {
  if (!type.nullable && value.kind === 'literal' && value.value === null) {
    const hint = 'Give it a value, or declare the column without NOT NULL.';
    throw bindError(context, 'SQL_TYPE', `Column '${name}' is NOT NULL.`, span, hint);
  }
  if (sameType(value.type, type, 'ignore')) return value;
  if (implicitlyCastable(value.type, type)) return coerce(value, type);
  const target = typeToText(withNullable(type, true));
  throw bindError(
    context,
    'SQL_TYPE',
    `Column '${name}' is ${target}, but the query gives ${typeToText(withNullable(value.type, true))}.`,
    span,
    `Use CAST(… AS ${target}).`,
  );
}

/** The select item that feeds a column, where there is one. */
function columnSpan(node: InsertStatement, position: number): Span {
  const { body } = node.query;
  if (body.kind !== 'select' || position < 0) return node.query.span;
  const hasStar = body.items.some(({ value }) => value.kind === 'star' || value.kind === 'field_star');
  return hasStar ? node.query.span : (body.items[position]?.span ?? node.query.span);
}
