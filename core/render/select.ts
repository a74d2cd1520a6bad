/** A SELECT under construction: what the next plan node may still be folded into, and its text. */
import { operand, quoteIdentifier } from './sql-text.js';

/** A column of a SELECT: how its value is written inside that SELECT. */
export interface SelectColumn {
  readonly sql: string;
  /** True where the value has the DuckDB type of its declared type for certain. */
  readonly exact: boolean;
  /** True where `sql` gives another value each time. */
  readonly volatile?: boolean;
}

/** Clauses of a SELECT by the ids of its columns. Later clauses forbid folding earlier ones into it. */
export interface Select {
  /** Table, subquery or join; null: no FROM. */
  readonly from: string | null;
  /** The FROM is one name with an alias that is not written yet: joins give it one. */
  readonly columns: ReadonlyMap<string, SelectColumn>;
  readonly where: readonly string[];
  /** GROUP BY list; empty: one group of all rows; null: no grouping. */
  readonly groupBy: string | null;
  readonly hasWindows: boolean;
  readonly distinct: boolean;
  readonly orderBy: string | null;
  /** ` LIMIT … OFFSET …`, or null. */
  readonly limit: string | null;
}

/** A SELECT of all columns of a FROM. */
export function selectFrom(from: string | null, columns: ReadonlyMap<string, SelectColumn>): Select {
  return {
    from,
    columns,
    where: [],
    groupBy: null,
    hasWindows: false,
    distinct: false,
    orderBy: null,
    limit: null,
  };
}

/** A column of the text: the SQL of its value and the name it gets. */
export interface Output {
  readonly sql: string;
  readonly name: string;
}

/** The text of a SELECT with these columns, in order. */
export function selectText(select: Select, outputs: readonly Output[]): string {
  const list = outputs.length === 0 ? ['1'] : outputs.map(outputText);
  const parts = [`SELECT ${select.distinct ? 'DISTINCT ' : ''}${list.join(', ')}`];
  if (select.from !== null) parts.push(`FROM ${select.from}`);
  if (select.where.length > 0) parts.push(`WHERE ${conjunctionText(select.where)}`);
  if (select.groupBy !== null) parts.push(...groupByClause(select.groupBy, outputs));
  if (select.orderBy !== null) parts.push(`ORDER BY ${select.orderBy}`);
  if (select.limit !== null) parts.push(select.limit);
  return parts.join(' ');
}

/** Without an aggregate in the list, only GROUP BY () says that there is one row. */
function groupByClause(list: string, outputs: readonly Output[]): string[] {
  if (list !== '') return [`GROUP BY ${list}`];
  return outputs.length === 0 ? ['GROUP BY ()'] : [];
}

function outputText({ sql, name }: Output): string {
  const quoted = quoteIdentifier(name);
  return sql === quoted ? sql : `${sql} AS ${quoted}`;
}

function conjunctionText(conjuncts: readonly string[]): string {
  return conjuncts.length === 1 ? conjuncts[0]! : conjuncts.map(operand).join(' AND ');
}

/** True where another projection may take the place of the select list. */
export function takesProjection(select: Select): boolean {
  return !select.distinct && !select.hasWindows;
}

/** True where WHERE may still grow. */
export function takesFilter(select: Select): boolean {
  return select.groupBy === null && takesProjection(select) && select.limit === null;
}

/** True where ORDER BY may be set. */
export function takesOrder(select: Select): boolean {
  return select.orderBy === null && select.limit === null && !select.distinct;
}

/** True where GROUP BY or DISTINCT may be set. */
export function takesGrouping(select: Select): boolean {
  return takesFilter(select) && select.groupBy === null;
}
