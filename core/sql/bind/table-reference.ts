/** Tables and views by name. */

import { pathText, type TableColumn, type TableEntry, type ViewEntry } from '../../catalog/catalog.js';
import { rowtimeTypeProblem } from '../../catalog/rowtime.js';
import { SqlError } from '../../errors.js';
import { columnOf } from '../../plan/expression-builders.js';
import type { LogicalPlan, PlanColumn, ScanTable, TableField } from '../../plan/logical-plan.js';
import { projectOf } from '../../plan/plan-builders.js';
import type { HintNode, ObjectName } from '../ast.js';
import type { Span } from '../span.js';
import { named } from './alias.js';
import { type BindContext, type BindErrorCode, bindError, rootContext } from './bind-context.js';
import { bindCommonTable } from './common-tables.js';
import { bindExpression } from './expression.js';
import { plainContext } from './expression-context.js';
import { locate } from './locate.js';
import { bindQuery } from './query.js';
import { relocate } from './relocate.js';
import { relationOf } from './scope.js';

/** The rows of a name, and the full path where it is a table or view of a catalog. */
export interface BoundTable {
  readonly plan: LogicalPlan;
  readonly path: readonly string[] | null;
}

/** A common table, table or view. @throws {SqlError} where there is none of this name. */
export function bindTable(
  context: BindContext,
  name: ObjectName,
  hints: readonly HintNode[],
  span: Span,
): BoundTable {
  const parts = name.parts.map((part) => part.name);
  const common = parts.length === 1 ? context.commonTables.get(parts[0]!) : undefined;
  if (common !== undefined) return { plan: bindCommonTable(context, common, span), path: null };
  const path = context.catalog.qualify(parts, context.namespace ?? undefined);
  const entry = context.catalog.relation(path);
  if (entry === null) {
    const error = context.catalog.unknownRelation(path);
    throw bindError(context, error.code as BindErrorCode, error.message, name.span, error.hint);
  }
  const fullPath = [path.catalog, path.database, path.name];
  const plan =
    entry.kind === 'view' ? bindView(context, entry, span) : bindCatalogTable(context, entry, hints, span);
  return { plan, path: fullPath };
}

/** What plans say about a table: its stored columns and options, those of OPTIONS hints included. */
export function scanTableOf(
  context: BindContext,
  entry: TableEntry,
  hints: readonly HintNode[],
  span: Span,
  use: 'read' | 'write',
): ScanTable {
  const { path } = entry;
  const hinted = hints
    .filter((hint) => hint.name.name.toUpperCase() === 'OPTIONS')
    .flatMap((hint) =>
      hint.options.map((option): [string, string] => [option.key.value, option.value.value]),
    );
  const options = { ...entry.options, ...Object.fromEntries(hinted) };
  const connector = options.connector;
  if (connector === undefined) {
    const message = `Table ${pathText(path)} has no connector.`;
    throw bindError(context, 'SQL_INVALID', message, span, "Say where its rows are: WITH ('connector' = …).");
  }
  return {
    path: [path.catalog, path.database, path.name],
    connector,
    options,
    columns: tableFields(entry.columns, use),
    primaryKey: entry.primaryKey ?? [],
    partitionedBy: entry.partitionedBy,
  };
}

/** The columns that a connector reads or writes. */
export function tableFields(columns: readonly TableColumn[], use: 'read' | 'write'): TableField[] {
  return columns.flatMap((column) => fieldOf(column, use));
}

/** Virtual metadata can only be read. */
function fieldOf(column: TableColumn, use: 'read' | 'write'): TableField[] {
  if (column.kind === 'computed') return [];
  const { name, type } = column;
  if (column.kind === 'physical') return [{ name, type }];
  return use === 'write' && column.virtual ? [] : [{ name, type, metadata: column.key }];
}

function bindCatalogTable(
  context: BindContext,
  entry: TableEntry,
  hints: readonly HintNode[],
  span: Span,
): LogicalPlan {
  const table = scanTableOf(context, entry, hints, span, 'read');
  const rowtime = entry.watermark?.column;
  const columns = table.columns.map((column) =>
    withRowtime(context.ids.column(column.name, column.type), rowtime),
  );
  const scan: LogicalPlan = { kind: 'scan', table, columns, span };
  const plain = entry.columns.every((column) => column.kind !== 'computed');
  const computed = plain
    ? scan
    : inPlace(context, `the computed columns of ${pathText(entry.path)}`, span, () => {
        const all = withComputedColumns(context, entry, scan);
        checkComputedRowtime(context, entry, all, span);
        return all;
      });
  const { watermark } = entry;
  if (watermark === null) return computed;
  return inPlace(context, `the watermark of ${pathText(entry.path)}`, span, () =>
    withWatermark(context, watermark, entry.primaryKey, computed),
  );
}

/** Event time begins above the computed columns. */
function withWatermark(
  context: BindContext,
  watermark: NonNullable<TableEntry['watermark']>,
  primaryKey: TableEntry['primaryKey'],
  input: LogicalPlan,
): LogicalPlan {
  const rowtime = input.columns.find((column) => column.name === watermark.column);
  if (rowtime === undefined) return input;
  const scope = { relations: [relationOf(null, input.columns)], parent: null };
  const expression = bindExpression(plainContext(context, scope, 'a watermark'), watermark.expression);
  return {
    kind: 'watermark',
    input,
    rowtime: rowtime.id,
    expression,
    primaryKey: primaryKeyOf(input, primaryKey),
    columns: input.columns,
    span: input.span,
  };
}

function primaryKeyOf(plan: LogicalPlan, names: readonly string[] | null): string[] | null {
  return names?.map((name) => plan.columns.find((column) => column.name === name)!.id) ?? null;
}

/** The type of a computed time attribute is known only now; that of a physical one was checked by CREATE TABLE. */
function checkComputedRowtime(context: BindContext, entry: TableEntry, plan: LogicalPlan, span: Span): void {
  const name = entry.watermark?.column;
  const column = plan.columns.find((candidate) => candidate.name === name);
  const problem = column === undefined ? null : rowtimeTypeProblem(column.name, column.type);
  if (problem !== null) throw bindError(context, 'SQL_TYPE', problem, span, 'CAST it to TIMESTAMP(3).');
}

function withComputedColumns(
  context: BindContext,
  { columns, watermark }: TableEntry,
  scan: LogicalPlan,
): LogicalPlan {
  const scope = { relations: [relationOf(null, scan.columns)], parent: null };
  const at = plainContext(context, scope, 'a computed column');
  const outputs = columns.flatMap(
    (column): { column: PlanColumn; expression: ReturnType<typeof bindExpression> }[] => {
      const expression =
        column.kind === 'computed'
          ? bindExpression(at, column.expression)
          : columnOf(scan.columns.find((candidate) => candidate.name === column.name)!);
      const made = context.ids.column(column.name, expression.type);
      return [{ column: withRowtime(made, watermark?.column), expression }];
    },
  );
  return projectOf(
    scan,
    outputs.map((output) => output.column),
    outputs.map((output) => output.expression),
  );
}

/** Event time begins at the column that the table's WATERMARK is on. */
function withRowtime(column: PlanColumn, rowtime: string | undefined): PlanColumn {
  return column.name === rowtime ? { ...column, rowtime: true } : column;
}

/** A view's query with the names it saw when it was made. */
function bindView(context: BindContext, view: ViewEntry, span: Span): LogicalPlan {
  const name = pathText(view.path);
  if (context.views.includes(name)) {
    throw bindError(context, 'SQL_INVALID', `View ${name} contains itself.`, span);
  }
  const inner: BindContext = {
    ...rootContext(context),
    namespace: view.scope,
    views: [...context.views, name],
  };
  return inPlace(context, `view ${name}`, span, () =>
    named(context, bindQuery(inner, view.query, null), view.columns ?? [], span),
  );
}

/** Binds text that stands elsewhere: its places become the place of the reference. */
function inPlace(context: BindContext, what: string, span: Span, bind: () => LogicalPlan): LogicalPlan {
  try {
    return relocate(bind(), span);
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    const details = { ...error.details, ...locate(context.sql, span) };
    throw new SqlError(error.code, `In ${what}: ${error.message}`, {
      details,
      hint: error.hint,
      cause: error,
    });
  }
}
