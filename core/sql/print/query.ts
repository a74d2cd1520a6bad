/** Text of queries. */
import type {
  CommonTable,
  FrameBoundNode,
  GroupingItem,
  OrderItem,
  QueryBody,
  QueryNode,
  SelectItem,
  SelectNode,
  SetOperationNode,
  ValuesRow,
  WindowSpec,
} from '../ast.js';
import { NOT_BINDING } from '../parser/binding.js';
import { columnsText, hintsText, nameText, objectText, words } from './common.js';
import { expressionText, fieldBaseText, listText } from './expression.js';
import { fromText } from './from.js';

/** A whole query, without parentheses around it. */
export function queryText(query: QueryNode): string {
  const withs = query.with.map(commonTableText).join(', ');
  return words(
    withs !== '' && `WITH ${query.recursive ? 'RECURSIVE ' : ''}${withs}`,
    bodyText(query.body),
    query.orderBy.length > 0 && orderByText(query.orderBy),
    query.limit !== null && `LIMIT ${expressionText(query.limit)}`,
    query.offset !== null && `OFFSET ${expressionText(query.offset)}`,
  );
}

function commonTableText({ name, columns, query }: CommonTable): string {
  const list = columns.length === 0 ? '' : ` ${columnsText(columns)}`;
  return `${nameText(name)}${list} AS (${queryText(query)})`;
}

function bodyText(body: QueryBody): string {
  switch (body.kind) {
    case 'select':
      return selectText(body);
    case 'values':
      return `VALUES ${body.rows.map(rowText).join(', ')}`;
    case 'table_query':
      return `TABLE ${objectText(body.name)}`;
    case 'set_operation':
      return setText(body);
    case 'query':
      return `(${queryText(body)})`;
  }
}

/** INTERSECT binds tighter; all bind to the left. */
function setText(node: SetOperationNode): string {
  const binding = setBinding(node);
  const left = setBinding(node.left) < binding ? `(${bodyText(node.left)})` : bodyText(node.left);
  const right = setBinding(node.right) <= binding ? `(${bodyText(node.right)})` : bodyText(node.right);
  return `${left} ${node.operator}${node.all ? ' ALL' : ''} ${right}`;
}

function setBinding(body: QueryBody): number {
  if (body.kind !== 'set_operation') return 3;
  return body.operator === 'INTERSECT' ? 2 : 1;
}

/** In parentheses a single row is itself: `(ROW(a, b))` is one value. */
function rowText({ items }: ValuesRow): string {
  return `(${listText(items)})`;
}

function selectText(select: SelectNode): string {
  const windows = select.windows.map(({ name, spec }) => `${nameText(name)} AS ${windowText(spec)}`);
  const { groupBy } = select;
  return words(
    `SELECT${hintsText(select.hints)}${select.distinct ? ' DISTINCT' : ''}`,
    select.items.map(itemText).join(', '),
    select.from !== null && `FROM ${fromText(select.from)}`,
    select.where !== null && `WHERE ${expressionText(select.where)}`,
    groupBy !== null && `GROUP BY ${groupBy.distinct ? 'DISTINCT ' : ''}${groupsText(groupBy.items)}`,
    select.having !== null && `HAVING ${expressionText(select.having)}`,
    windows.length > 0 && `WINDOW ${windows.join(', ')}`,
    select.qualify !== null && `QUALIFY ${expressionText(select.qualify)}`,
  );
}

function itemText({ value, alias }: SelectItem): string {
  const text =
    value.kind === 'star'
      ? value.qualifier === null
        ? '*'
        : `${objectText(value.qualifier)}.*`
      : value.kind === 'field_star'
        ? `${fieldBaseText(value.base)}.*`
        : expressionText(value);
  return alias === null ? text : `${text} AS ${nameText(alias)}`;
}

function groupsText(items: readonly GroupingItem[]): string {
  return items.map(groupText).join(', ');
}

function groupText(item: GroupingItem): string {
  switch (item.kind) {
    case 'grouping_expression':
      return expressionText(item.expression);
    case 'grouping_set':
      return `(${listText(item.expressions)})`;
    case 'grouping_sets':
      return `GROUPING SETS (${groupsText(item.items)})`;
    default: {
      const elements = item.expressions.map((one) =>
        one.length === 1 ? listText(one) : `(${listText(one)})`,
      );
      return `${item.kind.toUpperCase()} (${elements.join(', ')})`;
    }
  }
}

/** `ORDER BY a DESC, b`. */
export function orderByText(items: readonly OrderItem[]): string {
  return `ORDER BY ${items.map(orderText).join(', ')}`;
}

/** `a DESC NULLS LAST`. */
export function orderText({ expression, descending, nulls }: OrderItem): string {
  return words(
    expressionText(expression),
    descending && 'DESC',
    nulls !== null && `NULLS ${nulls.toUpperCase()}`,
  );
}

/** `(PARTITION BY a ORDER BY b ROWS …)`. */
export function windowText({ base, partitionBy, orderBy, frame }: WindowSpec): string {
  const inside = words(
    base !== null && nameText(base),
    partitionBy.length > 0 && `PARTITION BY ${listText(partitionBy)}`,
    orderBy.length > 0 && orderByText(orderBy),
    frame !== null &&
      (frame.end === null
        ? `${frame.unit} ${boundText(frame.start)}`
        : `${frame.unit} BETWEEN ${boundText(frame.start)} AND ${boundText(frame.end)}`),
  );
  return `(${inside})`;
}

function boundText(bound: FrameBoundNode): string {
  if (bound.kind === 'preceding' || bound.kind === 'following') {
    return `${expressionText(bound.offset, NOT_BINDING)} ${bound.kind.toUpperCase()}`;
  }
  return bound.kind.replace('_', ' ').toUpperCase();
}
