/** Of rows in a column, only the fields that a query reads: where the source can make them one by one, or DuckDB right above it. */
import type { Expression } from '../plan/expression.js';
import { columnOf } from '../plan/expression-builders.js';
import { referencedColumns } from '../plan/expression-facts.js';
import type { LogicalPlan, PlanColumn } from '../plan/logical-plan.js';
import { inlined, type NamedExpression, type Project, projectOf, type Scan } from '../plan/plan-builders.js';
import { mapOperands, operandsOf } from '../plan/visit-expression.js';
import { expressionsOf, inputsOf, mapExpressions, mapInputs } from '../plan/visit-plan.js';
import { withNullable } from '../types/types.js';
import { MONITOR_INTERVAL, type PlanOptions, traitsOf } from './plan-options.js';

/** The fields that stand for a column, by their names. */
type Fields = ReadonlyMap<string, PlanColumn>;

/**
 * Plans that are run together with `bid.price` as a column of the scan in the place of `bid`, for sources whose traits say `fields`
 * and columns that are read by their fields only. In a stream over files it is a column of a projection right above the scan: what
 * follows, such as a watermark, is not given whole rows.
 */
export function readFields(plans: readonly LogicalPlan[], options: PlanOptions): LogicalPlan[] {
  const uses = new FieldUses(options);
  for (const plan of plans) {
    uses.visit(plan);
    for (const column of plan.columns) uses.readWhole(column.id);
  }
  const fields = uses.fields();
  return plans.map((plan) => (fields.size === 0 ? plan : replaced(plan, fields, options)));
}

/** Where fields of a scan's rows are made one by one; null: nowhere. */
function placeOfFields({ table }: Scan, { connectors, mode }: PlanOptions): 'scan' | 'above' | null {
  const traits = traitsOf(connectors, table);
  if (traits?.fields === true) return 'scan';
  const isRead = traits?.source === 'files' && table.options[MONITOR_INTERVAL] === undefined;
  return isRead && mode === 'streaming' ? 'above' : null;
}

class FieldUses {
  /** Columns of rows in scans. */
  readonly #rows: PlanColumn[] = [];
  /** The column that another one is a copy of. */
  readonly #copies = new Map<string, string>();
  readonly #whole = new Set<string>();
  readonly #read = new Map<string, Map<string, Extract<Expression, { kind: 'field' }>>>();

  constructor(private readonly options: PlanOptions) {}

  visit(plan: LogicalPlan): void {
    if (plan.kind === 'scan' && placeOfFields(plan, this.options) !== null) this.#scan(plan);
    else if (plan.kind === 'project') this.#project(plan);
    else if (plan.kind === 'shared') this.#project(inlined(plan));
    else for (const expression of expressionsOf(plan)) this.#expression(expression);
    // Their columns are told by position.
    if (plan.kind === 'set' || plan.kind === 'distinct')
      for (const column of inputsOf(plan).flatMap((input) => input.columns)) this.readWhole(column.id);
    for (const input of inputsOf(plan)) this.visit(input);
  }

  readWhole(id: string): void {
    this.#whole.add(id);
  }

  /** For each column that is replaced, also as a copy, what stands for it. */
  fields(): ReadonlyMap<string, Fields> {
    if (this.#rows.length === 0) return new Map();
    const origin = (id: string): string => {
      const copied = this.#copies.get(id);
      return copied === undefined ? id : origin(copied);
    };
    const whole = new Set([...this.#whole].map(origin));
    const found = new Map<string, Fields>();
    const all = new Set([...this.#copies.keys(), ...this.#rows.map((column) => column.id)]);
    for (const row of this.#rows) {
      const copies = [...all].filter((id) => origin(id) === row.id);
      const read = new Map(copies.flatMap((id) => [...(this.#read.get(id) ?? [])]));
      if (whole.has(row.id) || read.size === 0) continue;
      for (const id of copies) {
        const columns = [...read.values()].map(({ name, type }): [string, PlanColumn] => {
          const column = this.options.ids.column(name, withNullable(type, true));
          return [name, { ...column, name: `${row.name}.${name}` }];
        });
        found.set(id, new Map(columns));
      }
    }
    return found;
  }

  /** What is shared is visited from each place that reads it. */
  #scan({ columns }: Scan): void {
    const rows = columns.filter((column) => column.type.kind === 'ROW');
    this.#rows.push(...rows.filter((row) => !this.#rows.some(({ id }) => id === row.id)));
  }

  #project(project: Project): void {
    project.expressions.forEach((expression, i) => {
      const { id } = project.columns[i]!;
      if (expression.kind !== 'column') this.#expression(expression);
      else if (expression.id !== id) this.#copies.set(id, expression.id);
    });
  }

  #expression(expression: Expression): void {
    if (expression.kind === 'field' && expression.base.kind === 'column') {
      const { id } = expression.base;
      const read = this.#read.get(id) ?? new Map();
      this.#read.set(id, read.set(expression.name, expression));
      return;
    }
    if (expression.kind === 'column') this.readWhole(expression.id);
    if (expression.kind === 'subquery') for (const id of referencedColumns(expression)) this.readWhole(id);
    for (const operand of operandsOf(expression)) this.#expression(operand);
  }
}

function replaced(plan: LogicalPlan, fields: ReadonlyMap<string, Fields>, options: PlanOptions): LogicalPlan {
  const inner = mapInputs(plan, (input) => replaced(input, fields, options));
  if (inner.kind === 'project') return replacedProject(inner, fields);
  if (inner.kind === 'scan' && placeOfFields(inner, options) === 'above') return fieldsAbove(inner, fields);
  const node = mapExpressions(inner, (expression) => readingFields(expression, fields));
  const columns = node.columns.flatMap((column) => [...(fields.get(column.id)?.values() ?? [column])]);
  return { ...node, columns };
}

function fieldsAbove(scan: Scan, fields: ReadonlyMap<string, Fields>): LogicalPlan {
  if (!scan.columns.some((column) => fields.has(column.id))) return scan;
  const pairs = scan.columns.flatMap((column): NamedExpression[] => {
    const base = columnOf(column);
    const own = fields.get(column.id);
    if (own === undefined) return [{ column, expression: base }];
    return [...own].map(([name, made]) => ({
      column: made,
      expression: { kind: 'field', base, name, type: made.type, span: null },
    }));
  });
  return projectOf(
    scan,
    pairs.map(({ column }) => column),
    pairs.map(({ expression }) => expression),
  );
}

function replacedProject(project: Project, fields: ReadonlyMap<string, Fields>): LogicalPlan {
  const pairs = project.columns.flatMap((column, i) => {
    const expression = project.expressions[i]!;
    const own = fields.get(column.id);
    if (own === undefined) return [{ column, expression: readingFields(expression, fields) }];
    const read = fields.get((expression as Extract<Expression, { kind: 'column' }>).id)!;
    return [...own].map(([name, made]) => ({ column: made, expression: columnOf(read.get(name)!) }));
  });
  return {
    ...project,
    columns: pairs.map(({ column }) => column),
    expressions: pairs.map(({ expression }) => expression),
  };
}

function readingFields(expression: Expression, fields: ReadonlyMap<string, Fields>): Expression {
  if (expression.kind === 'field' && expression.base.kind === 'column') {
    const column = fields.get(expression.base.id)?.get(expression.name);
    if (column !== undefined) return columnOf(column);
  }
  return mapOperands(expression, (operand) => readingFields(operand, fields));
}
