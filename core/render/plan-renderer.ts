/** Builds the SELECT of a plan node by node, nesting a subquery only where SQL's clause order asks for it. */
import { InternalError } from '../errors.js';
import type { Expression } from '../plan/expression.js';
import { hasVolatileCall } from '../plan/expression-facts.js';
import type { LogicalPlan, PlanColumn } from '../plan/logical-plan.js';
import { someExpression } from '../plan/visit-expression.js';
import { expressionsOf, somePlan } from '../plan/visit-plan.js';
import { locate } from '../sql/bind/locate.js';
import type { Span } from '../sql/span.js';
import { toDuckDbType } from '../types/arrow-type.js';
import type { ExpressionScope } from './expression.js';
import { renderAggregate, renderIn, renderSortKeys } from './expression.js';
import { groupingText, groupKey } from './grouping.js';
import { isPristine, isQualifiedName } from './names.js';
import { readsNames, readsOnce, readsVolatile } from './reads.js';
import type { RenderOptions } from './relation.js';
import { renderScan } from './scan.js';
import type { Output, Select, SelectColumn } from './select.js';
import { selectFrom, selectText, takesFilter, takesGrouping, takesOrder, takesProjection } from './select.js';
import { castTo, quoteIdentifier } from './sql-text.js';
import { renderUnnest } from './unnest.js';

type Node<K extends LogicalPlan['kind']> = Extract<LogicalPlan, { readonly kind: K }>;

/** Renders one plan. An instance is used once: it numbers aliases and collects common table expressions. */
export class PlanRenderer {
  private aliases = 0;
  /** Common table expressions by their id, in the order in which they must be written. */
  private readonly shared = new Map<string, { readonly name: string; readonly sql: string }>();
  /** FROM texts that are joins: they need parentheses on the right of another. */
  private readonly joins = new Set<string>();
  /** Columns that enclosing queries offer to the subquery being rendered, innermost last. */
  private readonly outer: Select[] = [];
  /** Column names need their table's alias where a subquery may hide them, and where ORDER BY would take an output's. */
  private readonly qualified: boolean;

  constructor(
    plan: LogicalPlan,
    private readonly options: RenderOptions,
  ) {
    this.qualified = somePlan(
      plan,
      (node) =>
        node.kind === 'sort' ||
        expressionsOf(node).some((e) => someExpression(e, (part) => part.kind === 'subquery')),
    );
  }

  /** The SELECT of a plan, open for what may follow. */
  build(plan: LogicalPlan): Select {
    switch (plan.kind) {
      case 'scan':
        return this.scan(plan);
      case 'values':
        return this.values(plan);
      case 'project':
        return this.project(plan);
      case 'filter':
        return this.filter(plan);
      case 'join':
        return this.join(plan);
      case 'aggregate':
        return this.aggregate(plan);
      case 'sort': {
        const keys = plan.keys.map((key) => key.expression);
        const input = this.open(plan.input, (select) => takesOrder(select) && this.sortsBy(select, keys));
        return { ...input, orderBy: renderSortKeys(plan.keys, this.scope(input)) };
      }
      case 'limit': {
        const input = this.open(plan.input, (select) => select.limit === null);
        const count = plan.count === null ? [] : [`LIMIT ${plan.count}`];
        const offset = plan.offset === 0 ? [] : [`OFFSET ${plan.offset}`];
        return { ...input, limit: [...count, ...offset].join(' ') || null };
      }
      case 'distinct': {
        const input = this.open(plan.input, (select) => takesGrouping(select) && select.orderBy === null);
        return { ...input, distinct: true };
      }
      case 'set':
        return this.setOperation(plan);
      case 'unnest':
        return this.unnest(plan);
      case 'shared':
        return this.commonTable(plan);
      case 'correlate':
      case 'map':
        throw new InternalError(
          'INTERNAL',
          `The Python function ${plan.call.function} reached the SQL renderer.`,
        );
      case 'watermark':
      case 'session':
      case 'temporal_join':
      case 'lookup_join':
      case 'stream':
        throw new InternalError('INTERNAL', `A ${plan.kind} of a stream reached the SQL renderer.`);
    }
  }

  /** The finished text, with the common table expressions in front. */
  finish(select: Select, outputs: readonly Output[]): string {
    const text = selectText(select, outputs);
    if (this.shared.size === 0) return text;
    const tables = [...this.shared.values()].map(({ name, sql }) => `${name} AS MATERIALIZED (${sql})`);
    return `WITH ${tables.join(', ')} ${text}`;
  }

  /** A column of a SELECT. */
  column(select: Select, id: string): SelectColumn {
    const column = select.columns.get(id);
    if (column === undefined) throw new InternalError('INTERNAL', `Column ${id} is not in its input.`);
    return column;
  }

  /** The SELECT as a subquery in FROM. */
  nested(select: Select): Select {
    const ids = [...select.columns.keys()];
    const outputs = ids.map((id): Output => ({ sql: select.columns.get(id)!.sql, name: id }));
    return this.subqueryFrom(selectText(select, outputs), ids, (id) => select.columns.get(id)!.exact);
  }

  private subqueryFrom(sql: string, ids: readonly string[], exact: (id: string) => boolean): Select {
    const alias = this.alias();
    const columns = ids.map((id): [string, SelectColumn] => [
      id,
      { sql: this.qualified ? `${alias}.${quoteIdentifier(id)}` : quoteIdentifier(id), exact: exact(id) },
    ]);
    return selectFrom(this.qualified ? `(${sql}) AS ${alias}` : `(${sql})`, new Map(columns));
  }

  /** The SELECT of a plan, nested first where `allows` says it cannot take what follows. */
  private open(plan: LogicalPlan, allows: (select: Select) => boolean): Select {
    const select = this.build(plan);
    return allows(select) ? select : this.nested(select);
  }

  private scan(plan: Node<'scan'>): Select {
    const from = renderScan(plan, this.options.resolveFiles);
    const alias = this.qualified ? this.alias() : null;
    const columns = plan.columns.map((column): [string, SelectColumn] => {
      const name = quoteIdentifier(column.name);
      return [column.id, { sql: alias === null ? name : `${alias}.${name}`, exact: true }];
    });
    return selectFrom(alias === null ? from : `${from} AS ${alias}`, new Map(columns));
  }

  /** One row needs no FROM. */
  private values(plan: Node<'values'>): Select {
    const scope = this.scope(selectFrom(null, new Map()));
    const rows = plan.rows.map((row) => row.map((e) => renderIn(e, scope)));
    if (rows.length === 1) {
      return selectFrom(
        null,
        new Map(plan.columns.map((c, i) => [c.id, { sql: rows[0]![i]!, exact: false }])),
      );
    }
    if (rows.length === 0) {
      const nulls = plan.columns.map((c): [string, SelectColumn] => [
        c.id,
        { sql: castTo('NULL', toDuckDbType(c.type)), exact: true },
      ]);
      return { ...selectFrom(null, new Map(nulls)), where: ['FALSE'] };
    }
    const alias = this.alias();
    const list = rows.map((row) => `(${row.length === 0 ? '1' : row.join(', ')})`).join(', ');
    const names = plan.columns.map((c) => quoteIdentifier(c.id));
    const columns = plan.columns.map((c, i): [string, SelectColumn] => [
      c.id,
      { sql: this.qualified ? `${alias}.${names[i]}` : names[i]!, exact: false },
    ]);
    const header = names.length === 0 ? alias : `${alias}(${names.join(', ')})`;
    return selectFrom(`(VALUES ${list}) AS ${header}`, new Map(columns));
  }

  private project(plan: Node<'project'>): Select {
    const hasWindows = plan.expressions.some((e) => someExpression(e, (part) => part.kind === 'window_call'));
    const built = this.build(plan.input);
    const folds =
      (hasWindows ? takesFilter(built) && built.orderBy === null : takesProjection(built)) &&
      readsOnce(built, plan.expressions) &&
      (built.groupBy !== '' || this.writesColumn(built, plan));
    const input = folds ? built : this.nested(built);
    const columns = this.projected(input, plan.columns, plan.expressions);
    return { ...input, columns, hasWindows: input.hasWindows || hasWindows };
  }

  /** False where the list would not show that rows are aggregated: `TYPEOF(SUM(x))` is a constant. */
  private writesColumn(input: Select, plan: Node<'project'>): boolean {
    const known = [...input.columns.values()];
    const written = [...this.projected(input, plan.columns, plan.expressions).values()];
    return written.some(({ sql }) => known.some((column) => sql.includes(column.sql)));
  }

  private projected(
    input: Select,
    columns: readonly PlanColumn[],
    expressions: readonly Expression[],
  ): Map<string, SelectColumn> {
    const scope = this.scope(input);
    return new Map(
      columns.map((column, i) => {
        const expression = expressions[i]!;
        const exact =
          expression.kind === 'column' ? (input.columns.get(expression.id)?.exact ?? false) : false;
        const volatile = hasVolatileCall(expression) || readsVolatile(input, expression);
        return [column.id, { sql: renderIn(expression, scope), exact, volatile }];
      }),
    );
  }

  /** True where sorting writes no computed column again; the aggregates of a GROUP BY may be named twice. */
  private sortsBy(select: Select, keys: readonly Expression[]): boolean {
    return select.groupBy !== null || keys.every((key) => readsNames(select, key));
  }

  private filter(plan: Node<'filter'>): Select {
    const built = this.build(plan.input);
    const direct = takesFilter(built) && readsNames(built, plan.predicate);
    const input = direct ? built : this.nested(built);
    return { ...input, where: [...input.where, ...conjunctTexts(plan.predicate, this.scope(input))] };
  }

  private aggregate(plan: Node<'aggregate'>): Select {
    const calls = plan.aggregates.flatMap((a) => [...a.arguments, ...(a.filter === null ? [] : [a.filter])]);
    const built = this.build(plan.input);
    const direct = takesGrouping(built) && readsOnce(built, plan.groups, calls);
    const input = { ...(direct ? built : this.nested(built)), orderBy: null };
    const scope = this.scope(input);
    const keys = plan.groups.map((e) => groupKey(renderIn(e, scope), e));
    const aggregates = plan.aggregates.map((a) => renderAggregate(a, scope));
    const values = [...keys, ...aggregates];
    const columns = plan.columns.map((c, i): [string, SelectColumn] => {
      const key = plan.groups[i];
      const exact = key?.kind === 'column' && (input.columns.get(key.id)?.exact ?? false);
      return [c.id, { sql: values[i]!, exact }];
    });
    return { ...input, columns: new Map(columns), groupBy: groupingText(keys, plan.groupingSets) };
  }

  private join(plan: Node<'join'>): Select {
    const left = this.side(plan.left);
    const right = this.side(plan.right);
    const rightFrom = this.joins.has(right.from) ? `(${right.from})` : right.from;
    const keepsRight = plan.type !== 'semi' && plan.type !== 'anti';
    const both = selectFrom(null, new Map([...left.columns, ...right.columns]));
    const condition = plan.condition === null ? null : renderIn(plan.condition, this.scope(both));
    const word = plan.type.toUpperCase();
    const joined =
      condition === null && plan.type === 'inner'
        ? `${left.from} CROSS JOIN ${rightFrom}`
        : `${left.from} ${word === 'INNER' ? '' : `${word} `}JOIN ${rightFrom} ON ${condition ?? 'TRUE'}`;
    this.joins.add(joined);
    return selectFrom(joined, keepsRight ? both.columns : left.columns);
  }

  /** One side of a join: a FROM whose columns are plain qualified names. */
  private side(plan: LogicalPlan): { readonly from: string; readonly columns: Map<string, SelectColumn> } {
    const select = this.build(plan);
    const isBare = isPristine(select) && [...select.columns.values()].every((c) => isQualifiedName(c.sql));
    if (isBare) return { from: select.from!, columns: new Map(select.columns) };
    const alias = this.alias();
    const simple = isPristine(select) && /^[a-z_][a-z0-9_]*$/.test(select.from!);
    if (simple) {
      const columns = [...select.columns].map(([id, c]): [string, SelectColumn] => [
        id,
        { ...c, sql: `${alias}.${c.sql}` },
      ]);
      return { from: `${select.from} AS ${alias}`, columns: new Map(columns) };
    }
    const outputs = [...select.columns].map(([id, c]): Output => ({ sql: c.sql, name: id }));
    const columns = [...select.columns].map(([id, c]): [string, SelectColumn] => [
      id,
      { sql: `${alias}.${quoteIdentifier(id)}`, exact: c.exact },
    ]);
    return { from: `(${selectText(select, outputs)}) AS ${alias}`, columns: new Map(columns) };
  }

  private setOperation(plan: Node<'set'>): Select {
    const branch = (input: LogicalPlan): string => {
      const select = this.build(input);
      const outputs = input.columns.map(
        (c, i): Output => ({
          sql: this.column(select, c.id).sql,
          name: plan.columns[i]!.id,
        }),
      );
      const reads = select.distinct && new Set(input.columns.map((c) => c.id)).size !== select.columns.size;
      const text = selectText(reads ? this.nested(select) : select, outputs);
      return select.orderBy !== null || select.limit !== null ? `(${text})` : text;
    };
    const operator = `${plan.operator.toUpperCase()}${plan.all ? ' ALL' : ''}`;
    const left = branch(plan.left);
    const right = branch(plan.right);
    const first = plan.left.kind === 'set' ? `(${left})` : left;
    const sql = `${first} ${operator} ${plan.right.kind === 'set' ? `(${right})` : right}`;
    return this.subqueryFrom(
      sql,
      plan.columns.map((c) => c.id),
      () => false,
    );
  }

  private unnest(plan: Node<'unnest'>): Select {
    const input = this.side(plan.input);
    const collection = renderIn(plan.collection, this.scope(selectFrom(null, input.columns)));
    const { from, columns } = renderUnnest(plan, input, collection, this.alias());
    return selectFrom(from, columns);
  }

  private commonTable(plan: Node<'shared'>): Select {
    let table = this.shared.get(plan.id);
    if (table === undefined) {
      const select = this.build(plan.input);
      const outputs = plan.input.columns.map(
        (c, i): Output => ({
          sql: this.column(select, c.id).sql,
          name: `k${i}`,
        }),
      );
      table = { name: `shared_${this.shared.size + 1}`, sql: selectText(select, outputs) };
      this.shared.set(plan.id, table);
    }
    const alias = this.alias();
    const columns = plan.columns.map((c, i): [string, SelectColumn] => [
      c.id,
      { sql: `${alias}.k${i}`, exact: false },
    ]);
    return selectFrom(`${table.name} AS ${alias}`, new Map(columns));
  }

  private scope(select: Select): ExpressionScope {
    return {
      column: (id) => this.lookUp(select, id).sql,
      subquery: (plan) => this.subquery(plan, select),
      place: (span) => placeOf(this.options.sql, span),
    };
  }

  private lookUp(select: Select, id: string): SelectColumn {
    for (const scope of [select, ...this.outer.toReversed()]) {
      const column = scope.columns.get(id);
      if (column !== undefined) return column;
    }
    throw new InternalError('INTERNAL', `Column ${id} is neither in its input nor in an enclosing query.`);
  }

  private subquery(plan: LogicalPlan, enclosing: Select): string {
    this.outer.push(enclosing);
    try {
      const select = this.build(plan);
      const outputs = plan.columns.map((c): Output => ({ sql: this.column(select, c.id).sql, name: c.id }));
      return selectText(select, outputs);
    } finally {
      this.outer.pop();
    }
  }

  private alias(): string {
    this.aliases++;
    return `t${this.aliases}`;
  }
}

function conjunctTexts(predicate: Expression, scope: ExpressionScope): string[] {
  if (predicate.kind === 'call' && predicate.function === 'AND') {
    return predicate.arguments.flatMap((e) => conjunctTexts(e, scope));
  }
  return [renderIn(predicate, scope)];
}

function placeOf(sql: string | null, span: Span): { readonly at: string; readonly text: string } | null {
  if (sql === null) return null;
  const { line, column, length } = locate(sql, span);
  return { at: `${line}:${column}+${length}`, text: sql.slice(span.start, span.end) };
}
