/** ALTER TABLE. */
import type { AlterTableAction, PartitionSpec, PlacedColumn, Statement } from '../ast.js';
import { parseResetOptions, parseSetOptions } from './alter.js';
import { parseTableElement, type TableElements } from './columns.js';
import type { Cursor } from './cursor.js';
import {
  parseCommaList,
  parseIdentifier,
  parseIfExists,
  parseIfNotExists,
  parseObjectName,
  parseOptions,
  parseParenthesizedList,
} from './names.js';
import { parsePartition } from './partition.js';

/** The cursor is behind TABLE. */
export function parseAlterTable(c: Cursor, start: number): Statement {
  const ifExists = parseIfExists(c);
  const name = parseObjectName(c, "the table's name");
  const action = parseAction(c);
  return { kind: 'alter_table', ifExists, name, action, span: c.spanFrom(start) };
}

function parseAction(c: Cursor): AlterTableAction {
  switch (c.expectOneOf('RENAME', 'SET', 'RESET', 'ADD', 'MODIFY', 'DROP')) {
    case 'RENAME':
      return parseRename(c);
    case 'SET':
      return parseSetOptions(c);
    case 'RESET':
      return parseResetOptions(c);
    case 'ADD': {
      const conditional = parseIfNotExists(c);
      if (conditional || c.isWord('PARTITION')) return parseAddPartitions(c, conditional);
      return parseSchemaChange(c, 'add');
    }
    case 'MODIFY':
      return parseSchemaChange(c, 'modify');
    case 'DROP':
      return parseDropAction(c);
  }
}

function parseRename(c: Cursor): AlterTableAction {
  if (c.accept('TO')) return { kind: 'rename', to: parseObjectName(c) };
  const column = parseObjectName(c, 'TO or a column');
  c.expect('TO');
  return { kind: 'rename_column', column, to: parseIdentifier(c) };
}

function parseSchemaChange(c: Cursor, kind: 'add' | 'modify'): AlterTableAction {
  if (c.isWord('DISTRIBUTION')) throw c.unsupported(c.peek().span, 'a change of the distribution');
  const elements: TableElements = { columns: [], watermark: null, primaryKey: null };
  const columns: PlacedColumn[] = [];
  const element = () => {
    const column = parseTableElement(c, elements);
    if (column !== null) columns.push({ column, ...parsePlace(c) });
  };
  if (c.isSymbol('(')) parseParenthesizedList(c, element);
  else element();
  return { kind, columns, watermark: elements.watermark, primaryKey: elements.primaryKey };
}

function parsePlace(c: Cursor): Pick<PlacedColumn, 'first' | 'after'> {
  if (c.accept('FIRST')) return { first: true, after: null };
  return { first: false, after: c.accept('AFTER') ? parseObjectName(c, 'a column') : null };
}

function parseAddPartitions(c: Cursor, conditional: boolean): AlterTableAction {
  const partitions: PartitionSpec[] = [];
  do {
    const partition = parsePartition(c);
    const options = c.accept('WITH') ? parseOptions(c) : [];
    partitions.push({ ...partition, options, span: c.spanFrom(partition.span.start) });
  } while (c.isWord('PARTITION'));
  return { kind: 'add_partitions', conditional, partitions };
}

function parseDropAction(c: Cursor): AlterTableAction {
  const conditional = parseIfExists(c);
  if (conditional || c.isWord('PARTITION')) {
    const partitions = parseCommaList(c, () => parsePartition(c));
    return { kind: 'drop_partitions', conditional, partitions };
  }
  if (c.accept('PRIMARY')) {
    c.expect('KEY');
    return { kind: 'drop_primary_key' };
  }
  if (c.accept('WATERMARK')) return { kind: 'drop_watermark' };
  if (c.accept('CONSTRAINT')) return { kind: 'drop_constraint', name: parseIdentifier(c) };
  if (c.isWord('DISTRIBUTION')) throw c.unsupported(c.peek().span, 'a change of the distribution');
  const column = () => parseObjectName(c, 'a column');
  return { kind: 'drop_columns', columns: c.isSymbol('(') ? parseParenthesizedList(c, column) : [column()] };
}
