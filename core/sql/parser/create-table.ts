/** CREATE TABLE with all its clauses. */
import type { CreateTableStatement, DistributionNode, Identifier, LikeClause, LikeOption } from '../ast.js';
import { parseTableElement, type TableElements } from './columns.js';
import type { CreateWords } from './create.js';
import type { Cursor } from './cursor.js';
import {
  atIdentifier,
  parseColumnList,
  parseComment,
  parseIfNotExists,
  parseInteger,
  parseObjectName,
  parseOptions,
} from './names.js';
import { parseQuery } from './query.js';

/** The cursor is at TABLE. */
export function parseCreateTable(c: Cursor, words: CreateWords): CreateTableStatement {
  const { start, orReplace, replaceOnly, temporary } = words;
  c.expect('TABLE');
  const ifNotExists = !replaceOnly && parseIfNotExists(c);
  const name = parseObjectName(c, 'a name for the table');
  const elements: TableElements = { columns: [], watermark: null, primaryKey: null };
  const columnNames = parseElements(c, elements);
  const comment = parseComment(c);
  const distribution = parseDistribution(c);
  const partitionedBy = parsePartitionedBy(c);
  const options = c.accept('WITH') ? parseOptions(c) : [];
  const like = columnNames.length === 0 && c.accept('LIKE') ? parseLike(c) : null;
  if (columnNames.length > 0 && !c.isWord('AS')) {
    throw c.error(columnNames[0]!.span, `the column ${columnNames[0]!.name} has no type`, {
      hint: 'Columns stand without types only where AS and a query follow.',
    });
  }
  const query = like === null && c.accept('AS') ? parseQuery(c) : null;
  if (orReplace && query === null)
    throw c.unexpected(`AS and a query, which ${replaceOnly ? '' : 'CREATE OR '}REPLACE TABLE needs,`);
  return {
    kind: 'create_table',
    orReplace,
    replaceOnly,
    temporary,
    ifNotExists,
    name,
    ...elements,
    columnNames,
    comment,
    distribution,
    partitionedBy,
    options,
    like,
    query,
    span: c.spanFrom(start),
  };
}

/** The parentheses behind the name, if there are any: names alone are given back, else `elements` is filled. */
function parseElements(c: Cursor, elements: TableElements): Identifier[] {
  if (!c.isSymbol('(')) return [];
  const second = c.peek(2);
  const namesAlone = atIdentifier(c, 1) && second.kind === 'symbol' && [',', ')'].includes(second.text);
  if (namesAlone) return parseColumnList(c);
  c.next();
  do parseTableElement(c, elements);
  while (c.acceptSymbol(','));
  c.expectSymbol(')');
  return [];
}

/** `DISTRIBUTED BY [HASH | RANGE] (a) [INTO n BUCKETS]` or `DISTRIBUTED INTO n BUCKETS`. */
function parseDistribution(c: Cursor): DistributionNode | null {
  const start = c.start();
  if (!c.accept('DISTRIBUTED')) return null;
  if (c.accept('INTO')) {
    const buckets = parseBuckets(c);
    return { strategy: null, columns: [], buckets, span: c.spanFrom(start) };
  }
  c.expect('BY');
  const strategy = c.acceptOneOf('HASH', 'RANGE');
  const columns = parseColumnList(c);
  const buckets = c.accept('INTO') ? parseBuckets(c) : null;
  return { strategy, columns, buckets, span: c.spanFrom(start) };
}

function parseBuckets(c: Cursor): number {
  const buckets = parseInteger(c);
  c.expect('BUCKETS');
  return buckets;
}

function parsePartitionedBy(c: Cursor): Identifier[] {
  if (!c.accept('PARTITIONED')) return [];
  c.expect('BY');
  return parseColumnList(c);
}

const FEATURES = [
  'ALL',
  'CONSTRAINTS',
  'DISTRIBUTION',
  'GENERATED',
  'METADATA',
  'OPTIONS',
  'PARTITIONS',
  'WATERMARKS',
] as const;

function parseLike(c: Cursor): LikeClause {
  const start = c.start();
  const source = parseObjectName(c, 'a table');
  const options: LikeOption[] = [];
  if (c.acceptSymbol('(')) {
    do options.push(parseLikeOption(c));
    while (!c.acceptSymbol(')'));
  }
  return { source, options, span: c.spanFrom(start) };
}

function parseLikeOption(c: Cursor): LikeOption {
  const start = c.start();
  const strategy = c.expectOneOf('INCLUDING', 'EXCLUDING', 'OVERWRITING');
  const feature = c.expectOneOf(...FEATURES);
  return { strategy, feature, span: c.spanFrom(start) };
}
