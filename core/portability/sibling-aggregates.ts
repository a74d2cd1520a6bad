/**
 * The known rewriting of a Python aggregate beside built-in ones, which Flink does not compute in one grouping of batch mode:
 * two groupings of the same rows, joined by their keys. It works on the text, so that all else stays as it is written.
 */
import { isAggregate } from '../functions/builtins.js';
import type { ExpressionNode, FunctionCallNode, QueryNode, SelectNode, Statement } from '../sql/ast.js';
import type { Span } from '../sql/span.js';
import { syntaxIn } from './visit.js';

export interface JoinedSiblings {
  /** The statement with the groupings joined. */
  readonly text: string;
  /** The Python calls that were moved, as they stand in the script. */
  readonly calls: readonly Span[];
}

interface Replacement {
  readonly span: Span;
  readonly text: string;
}

/**
 * @param sql the script that the statement's spans point into
 * @param isPython whether a name is a Python aggregate
 * @returns null: nothing of the statement can be rewritten
 */
export function joinedSiblings(
  sql: string,
  statement: Statement,
  isPython: (name: string) => boolean,
): JoinedSiblings | null {
  const replacements: Replacement[] = [];
  const calls: Span[] = [];
  const nodes = [...syntaxIn(statement)];
  for (const node of nodes) {
    if (node.kind !== 'select') continue;
    const select = node as SelectNode;
    const siblings = new Siblings(sql, select, isPython);
    const query = nodes.find(
      (each) => each.kind === 'query' && isSame((each as QueryNode).body.span, select.span),
    );
    if (!siblings.areJoinable(query === undefined ? null : (query as QueryNode))) continue;
    // One inside another one would have to be rewritten twice.
    if (replacements.some(({ span }) => span.start <= select.span.start && select.span.end <= span.end))
      continue;
    replacements.push({ span: select.span, text: siblings.joined() });
    calls.push(...siblings.pythonCalls);
  }
  if (replacements.length === 0) return null;
  return { text: replaced(sql, statement.span, replacements), calls };
}

/** One SELECT with aggregates of both kinds. */
class Siblings {
  readonly #python = new Map<string, Span[]>();
  readonly #builtIn = new Set<string>();
  readonly #keys: readonly string[] | null;
  readonly #parts: readonly ExpressionNode[];

  constructor(
    private readonly sql: string,
    private readonly select: SelectNode,
    private readonly isPython: (name: string) => boolean,
  ) {
    const items = select.items.map(({ value }) => value as ExpressionNode);
    this.#parts = select.having === null ? items : [...items, select.having];
    const grouped = select.groupBy?.items ?? [];
    const keys = grouped.flatMap((item) => (item.kind === 'grouping_expression' ? [item.expression] : []));
    const isPlain = keys.length === grouped.length && keys.every(({ kind }) => kind !== 'literal');
    this.#keys = isPlain ? keys.map((key) => this.text(key.span)) : null;
    for (const call of this.#parts.flatMap((part) => [...syntaxIn(part)])) {
      if (!this.isAggregateCall(call)) continue;
      const text = this.text(call.span);
      if (this.isPython(nameOf(call))) this.#python.set(text, [...(this.#python.get(text) ?? []), call.span]);
      else this.#builtIn.add(text);
    }
  }

  get pythonCalls(): readonly Span[] {
    return [...this.#python.values()].flat();
  }

  /** True where both kinds are there, and nothing but keys and aggregates is used. */
  areJoinable(query: QueryNode | null): boolean {
    const { select } = this;
    if (this.#python.size === 0 || this.#builtIn.size === 0 || this.#keys === null || select.from === null)
      return false;
    if (select.distinct || select.qualify !== null || select.hints.length + select.windows.length > 0)
      return false;
    const names = select.items.map((item) => outputName(item)?.toUpperCase());
    const isSorted = (query?.orderBy ?? []).every(
      ({ expression }) =>
        expression.kind === 'name' && names.includes(expression.parts.at(-1)!.name.toUpperCase()),
    );
    return isSorted && this.#parts.every((part) => this.replacementsIn(part) !== null);
  }

  joined(): string {
    const { select } = this;
    const keys = this.#keys!;
    const items = select.items.map((item, i) => {
      const name = outputName(item) ?? `EXPR$${i}`;
      return `${this.rewritten(item.value as ExpressionNode)} AS ${quoted(name)}`;
    });
    const on = keys.map((_, i) => `built_in.k${i} IS NOT DISTINCT FROM python_udaf.k${i}`);
    const join = on.length === 0 ? 'CROSS JOIN' : 'JOIN';
    return [
      `SELECT ${items.join(', ')}`,
      `FROM (${this.grouping([...this.#builtIn])}) AS built_in`,
      `${join} (${this.grouping([...this.#python.keys()])}) AS python_udaf`,
      ...(on.length === 0 ? [] : [`ON ${on.join(' AND ')}`]),
      ...(select.having === null ? [] : [`WHERE ${this.rewritten(select.having)}`]),
    ].join('\n');
  }

  private grouping(calls: readonly string[]): string {
    const { from, where, groupBy } = this.select;
    const columns = [
      ...this.#keys!.map((key, i) => `${key} AS k${i}`),
      ...calls.map((call, i) => `${call} AS a${i}`),
    ];
    return [
      `SELECT ${columns.join(', ')}`,
      `FROM ${this.text(from!.span)}`,
      ...(where === null ? [] : [`WHERE ${this.text(where.span)}`]),
      ...(groupBy === null ? [] : [`GROUP BY ${this.#keys!.join(', ')}`]),
    ].join(' ');
  }

  private rewritten(part: ExpressionNode): string {
    return replaced(this.sql, part.span, this.replacementsIn(part) ?? []);
  }

  /** Columns of the two groupings for keys and calls; null: something else is used. */
  private replacementsIn(part: unknown): Replacement[] | null {
    if (Array.isArray(part)) {
      const all = part.map((item) => this.replacementsIn(item));
      return all.includes(null) ? null : all.flatMap((found) => found ?? []);
    }
    if (typeof part !== 'object' || part === null) return [];
    const node = part as { readonly kind?: string; readonly span?: Span };
    if (node.span !== undefined && typeof node.kind === 'string') {
      const text = this.text(node.span);
      const column = this.columnOf(text);
      if (column !== null) return [{ span: node.span, text: column }];
      if (
        OTHERS.has(node.kind) ||
        (node.kind === 'function_call' && (node as FunctionCallNode).over !== null)
      )
        return null;
    }
    return this.replacementsIn(
      Object.entries(part).flatMap(([key, value]) => (key === 'span' ? [] : [value])),
    );
  }

  private columnOf(text: string): string | null {
    const key = this.#keys!.indexOf(text);
    if (key >= 0) return `built_in.k${key}`;
    const python = [...this.#python.keys()].indexOf(text);
    if (python >= 0) return `python_udaf.a${python}`;
    const builtIn = [...this.#builtIn].indexOf(text);
    return builtIn >= 0 ? `built_in.a${builtIn}` : null;
  }

  private isAggregateCall(node: { readonly kind: string }): node is FunctionCallNode {
    if (node.kind !== 'function_call') return false;
    const call = node as FunctionCallNode;
    return call.over === null && (this.isPython(nameOf(call)) || isAggregate(nameOf(call)));
  }

  private text({ start, end }: Span): string {
    return this.sql.slice(start, end);
  }
}

/** What stands for rows rather than for groups. */
const OTHERS = new Set(['name', 'star', 'field_star', 'query', 'json_call']);

function nameOf(call: FunctionCallNode): string {
  return call.name.parts.at(-1)!.name;
}

function outputName({ alias, value }: SelectNode['items'][number]): string | null {
  if (alias !== null) return alias.name;
  return value.kind === 'name' ? value.parts.at(-1)!.name : null;
}

function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

function isSame(one: Span, other: Span): boolean {
  return one.start === other.start && one.end === other.end;
}

function replaced(sql: string, within: Span, replacements: readonly Replacement[]): string {
  let text = '';
  let at = within.start;
  for (const { span, text: own } of replacements.toSorted((a, b) => a.span.start - b.span.start)) {
    text += sql.slice(at, span.start) + own;
    at = span.end;
  }
  return text + sql.slice(at, within.end);
}
