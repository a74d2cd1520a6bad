/** Text of CREATE TABLE and its parts. */
import type {
  ColumnDefinition,
  CreateTableStatement,
  DistributionNode,
  LikeClause,
  PartitionSpec,
  PrimaryKeyDefinition,
  WatermarkDefinition,
} from '../ast.js';
import { columnsText, commentText, nameText, objectText, stringText, withText, words } from './common.js';
import { expressionText } from './expression.js';
import { queryText } from './query.js';
import { typeText } from './type.js';

/** CREATE TABLE with all its clauses. */
export function createTableText(table: CreateTableStatement): string {
  const elements = elementTexts(table.columns, table.watermark, table.primaryKey);
  return words(
    !table.replaceOnly && 'CREATE',
    table.orReplace && (table.replaceOnly ? 'REPLACE' : 'OR REPLACE'),
    table.temporary && 'TEMPORARY',
    'TABLE',
    table.ifNotExists && 'IF NOT EXISTS',
    objectText(table.name),
    elements.length > 0 && `(${elements.join(', ')})`,
    table.columnNames.length > 0 && columnsText(table.columnNames),
    commentText(table.comment).trimStart(),
    table.distribution !== null && distributionText(table.distribution),
    table.partitionedBy.length > 0 && `PARTITIONED BY ${columnsText(table.partitionedBy)}`,
    withText(table.options).trimStart(),
    table.like !== null && likeText(table.like),
    table.query !== null && `AS ${queryText(table.query)}`,
  );
}

/** Columns, watermark and primary key, in this order. */
export function elementTexts(
  columns: readonly ColumnDefinition[],
  watermark: WatermarkDefinition | null,
  primaryKey: PrimaryKeyDefinition | null,
): string[] {
  const texts = columns.map(columnText);
  if (watermark !== null) {
    texts.push(`WATERMARK FOR ${objectText(watermark.column)} AS ${expressionText(watermark.expression)}`);
  }
  if (primaryKey !== null) texts.push(primaryKeyText(primaryKey));
  return texts;
}

/** One column. */
export function columnText(column: ColumnDefinition): string {
  return nameText(column.name) + definitionText(column) + commentText(column.comment);
}

function definitionText(column: ColumnDefinition): string {
  switch (column.kind) {
    case 'physical_column':
      return ` ${typeText(column.type)}`;
    case 'computed_column':
      return ` AS ${expressionText(column.expression)}`;
    case 'metadata_column': {
      const from = column.key === null ? '' : ` FROM ${stringText(column.key.value)}`;
      return ` ${typeText(column.type)} METADATA${from}${column.virtual ? ' VIRTUAL' : ''}`;
    }
  }
}

function primaryKeyText({ name, columns, enforced }: PrimaryKeyDefinition): string {
  return words(
    name !== null && `CONSTRAINT ${nameText(name)}`,
    `PRIMARY KEY ${columnsText(columns)}`,
    !enforced && 'NOT ENFORCED',
  );
}

function distributionText({ strategy, columns, buckets }: DistributionNode): string {
  const by = columns.length === 0 ? '' : `BY ${strategy ?? ''}${columnsText(columns)}`;
  return words('DISTRIBUTED', by, buckets !== null && `INTO ${buckets} BUCKETS`);
}

function likeText({ source, options }: LikeClause): string {
  const list = options.map(({ strategy, feature }) => `${strategy} ${feature}`).join(' ');
  return `LIKE ${objectText(source)}${list === '' ? '' : ` (${list})`}`;
}

/** `PARTITION (a = 1, b = 'x')`. */
export function partitionText({ items, options }: PartitionSpec): string {
  const list = items.map(({ column, value }) => `${nameText(column)} = ${expressionText(value)}`);
  return `PARTITION (${list.join(', ')})${withText(options)}`;
}
