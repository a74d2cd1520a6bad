/** Builders of syntax nodes. They have no place in a text: the printed statement is what the parser and errors see. */
import {
  type ArgumentNode,
  type DataType,
  type ExpressionNode,
  type FromNode,
  type FunctionCallNode,
  type Identifier,
  type KeywordNode,
  type LiteralNode,
  type NameNode,
  type ObjectName,
  type OrderItem,
  parseType,
  type QueryBody,
  type QueryNode,
  type SelectItem,
  type SelectNode,
  type StarNode,
  type TableArgumentNode,
  type TypeNode,
  typeToText,
  type WindowSpec,
} from '../../core/index.js';

const span = { start: 0, end: 0 };

export function identifier(name: string): Identifier {
  return { span, name };
}

export function objectName(...parts: readonly string[]): ObjectName {
  return { span, parts: parts.map(identifier) };
}

/** `alias.column`. */
export function columnName(alias: string, column: string): NameNode {
  return { kind: 'name', ...objectName(alias, column) };
}

export function binary(
  operator: Extract<ExpressionNode, { kind: 'binary' }>['operator'],
  left: ExpressionNode,
  right: ExpressionNode,
): ExpressionNode {
  return { kind: 'binary', span, operator, left, right };
}

export function unary(operator: '-' | 'NOT', operand: ExpressionNode): ExpressionNode {
  return { kind: 'unary', span, operator, operand };
}

export function isTest(operand: ExpressionNode, test: 'NULL' | 'TRUE', negated: boolean): ExpressionNode {
  return { kind: 'is', span, operand, test, negated };
}

export function between(operand: ExpressionNode, low: ExpressionNode, high: ExpressionNode): ExpressionNode {
  return { kind: 'between', span, operand, low, high, symmetric: false, negated: false };
}

export function like(operand: ExpressionNode, pattern: ExpressionNode): ExpressionNode {
  return { kind: 'like', span, operator: 'LIKE', operand, pattern, escape: null, negated: false };
}

export function inList(operand: ExpressionNode, items: readonly ExpressionNode[]): ExpressionNode {
  return { kind: 'in_list', span, operand, items, negated: false };
}

export function element(base: ExpressionNode, index: ExpressionNode): ExpressionNode {
  return { kind: 'element', span, base, index };
}

export function field(base: ExpressionNode, name: string): ExpressionNode {
  return { kind: 'field', span, base, field: identifier(name) };
}

/** Branches of CASE WHEN; without `otherwise`, NULL. */
export function caseWhen(
  branches: readonly { readonly condition: ExpressionNode; readonly value: ExpressionNode }[],
  otherwise: ExpressionNode | null,
): ExpressionNode {
  return {
    kind: 'case',
    span,
    operand: null,
    // biome-ignore lint/suspicious/noThenProperty: a branch of CASE, never awaited
    branches: branches.map(({ condition, value }) => ({ span, when: [condition], then: value })),
    otherwise,
  };
}

/** A cast; the type's own nullability is not written: the operand's is kept. */
export function cast(operand: ExpressionNode, type: DataType, safe = false): ExpressionNode {
  return { kind: 'cast', span, operand, type: typeNode(type), safe };
}

/** A call by name, `COUNT(*)` with a star. */
export function call(
  name: string,
  args: readonly (ExpressionNode | StarNode | KeywordNode)[],
  distinct = false,
): FunctionCallNode {
  return {
    kind: 'function_call',
    span,
    name: objectName(name),
    arguments: args.map((value) => ({ span, name: null, value })),
    distinct,
    nulls: null,
    withinGroup: [],
    filter: null,
    over: null,
  };
}

export function keyword(word: KeywordNode['word']): KeywordNode {
  return { kind: 'keyword', span, word };
}

export function text(type: 'string' | 'binary' | 'date' | 'time' | 'timestamp', value: string): LiteralNode {
  return { kind: 'literal', span, type, value };
}

export function number(type: 'integer' | 'decimal' | 'approximate', value: string): ExpressionNode {
  const literal: LiteralNode = { kind: 'literal', span, type, value: value.replace(/^-/, '') };
  return value.startsWith('-') ? unary('-', literal) : literal;
}

export function boolean(value: boolean): LiteralNode {
  return { kind: 'literal', span, type: 'boolean', value };
}

export const NULL: LiteralNode = { kind: 'literal', span, type: 'null' };

export const STAR: StarNode = { kind: 'star', span, qualifier: null };

export function tableNamed(path: readonly string[], alias: string): FromNode {
  return {
    kind: 'table',
    span,
    name: objectName(...path),
    hints: [],
    systemTime: null,
    alias: aliased(alias),
  };
}

export function derivedTable(query: QueryNode, alias: string): FromNode {
  return { kind: 'derived_table', span, lateral: false, query, alias: aliased(alias) };
}

/** A table argument: the rows of a query, divided by some of its columns. */
export function tableArgument(
  source: QueryNode,
  partitionBy: readonly string[],
  orderBy: readonly { readonly column: string; readonly descending: boolean }[],
): TableArgumentNode {
  const named = (name: string): NameNode => ({ kind: 'name', span, parts: [identifier(name)] });
  return {
    kind: 'table_argument',
    span,
    source,
    partitionBy: partitionBy.map(named),
    orderBy: orderBy.map(({ column, descending }) => ({
      span,
      expression: named(column),
      descending,
      nulls: null,
    })),
  };
}

/** A function over tables in FROM. */
export function tableFunction(name: string, args: readonly ArgumentNode[]): FromNode {
  return {
    kind: 'table_function',
    span,
    lateral: false,
    call: { ...call(name, []), arguments: args },
    alias: null,
  };
}

/** `LATERAL TABLE(name(…)) AS alias (columns)`. */
export function lateralFunction(
  name: string,
  args: readonly ArgumentNode[],
  alias: string,
  columns: readonly string[],
): FromNode {
  return {
    kind: 'table_function',
    span,
    lateral: true,
    call: { ...call(name, []), arguments: args },
    alias: { span, name: identifier(alias), columns: columns.map(identifier) },
  };
}

/** What OVER is followed by; `rows` are those before the current one, null: no frame is written. */
export function windowSpec(
  partitionBy: readonly ExpressionNode[],
  orderBy: readonly Omit<OrderItem, 'span'>[],
  rows: ExpressionNode | null,
): WindowSpec {
  return {
    kind: 'window_spec',
    span,
    base: null,
    partitionBy,
    orderBy: orderBy.map((item) => ({ ...item, span })),
    frame:
      rows === null
        ? null
        : {
            span,
            unit: 'ROWS',
            start: { span, kind: 'preceding', offset: rows },
            end: { span, kind: 'current_row' },
          },
  };
}

/** An argument, by name where one is given. */
export function argument(value: ArgumentNode['value'], name: string | null = null): ArgumentNode {
  return { span, name: name === null ? null : identifier(name), value };
}

export function join(type: 'inner' | 'left', left: FromNode, right: FromNode, on: ExpressionNode): FromNode {
  return { kind: 'join', span, type, natural: false, left, right, on, using: null };
}

/** `expression AS alias`. */
export function item(value: ExpressionNode, alias: string): SelectItem {
  return { span, value, alias: identifier(alias) };
}

/** A SELECT of `items` (empty: all columns), with what else is given. */
export function select(
  items: readonly SelectItem[],
  from: FromNode,
  clauses: { readonly where?: ExpressionNode; readonly groupBy?: readonly ExpressionNode[] } = {},
): SelectNode {
  const groups = clauses.groupBy ?? [];
  return {
    kind: 'select',
    span,
    hints: [],
    distinct: false,
    items: items.length === 0 ? [{ span, value: STAR, alias: null }] : items,
    from,
    where: clauses.where ?? null,
    groupBy:
      groups.length === 0
        ? null
        : {
            span,
            distinct: false,
            items: groups.map((expression) => ({ kind: 'grouping_expression', span, expression })),
          },
    having: null,
    windows: [],
    qualify: null,
  };
}

export function query(body: QueryBody): QueryNode {
  return { kind: 'query', span, recursive: false, with: [], body, orderBy: [], offset: null, limit: null };
}

function aliased(name: string) {
  return { span, name: identifier(name), columns: [] };
}

function typeNode(type: DataType): TypeNode {
  return parseType(typeToText({ ...type, nullable: true }));
}
