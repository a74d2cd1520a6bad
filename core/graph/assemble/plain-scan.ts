/** Recognises fragments that only read a table of files: function workers may read it themselves. */
import type { Expression } from '../../plan/expression.js';
import type { LogicalPlan, ScanTable } from '../../plan/logical-plan.js';
import type { Column } from '../../types/data-type.js';
import { isLeaf } from '../boundary.js';
import type { StageOutput } from '../plan-options.js';
import type { PlainScan, SplitPredicate } from '../split-scan.js';
import { simplePredicate } from './simple-predicate.js';

/** A fragment down to its scan, whose columns are the table's by id. */
interface Reading {
  readonly table: ScanTable;
  readonly names: ReadonlyMap<string, string>;
  /** Ids of columns that leave in a wider type than they have. */
  readonly widened: ReadonlySet<string>;
  readonly conditions: readonly {
    readonly condition: Expression;
    readonly names: ReadonlyMap<string, string>;
  }[];
}

/** The scan, or as the end of a sentence why it is none. */
export function plainScan(fragment: LogicalPlan, outputs: readonly StageOutput[]): PlainScan | string {
  const reading = readingOf(fragment);
  if (typeof reading === 'string') return reading;
  const { table, names, conditions } = reading;
  const columns: Column[] = [];
  const place = (name: string): number => {
    const known = columns.findIndex((column) => column.name === name);
    if (known >= 0) return known;
    return columns.push(table.columns.find((column) => column.name === name)!) - 1;
  };
  const positions = outputs.map(({ id }) => place(names.get(id)!));
  const operands: SplitPredicate[] = [];
  for (const { condition, names: own } of conditions) {
    const operand = simplePredicate(condition, (id) => place(own.get(id)!));
    if (operand === null) return 'its predicate is not a comparison of columns with constants';
    operands.push(operand);
  }
  const { path, options, partitionedBy } = table;
  return {
    table: path.at(-1)!,
    path: options.path ?? '',
    format: options.format ?? '',
    isPartitioned: partitionedBy.length > 0,
    columns,
    outputs: positions,
    predicate: operands.length < 2 ? (operands[0] ?? null) : { kind: 'and', operands },
  };
}

function readingOf(plan: LogicalPlan): Reading | string {
  switch (plan.kind) {
    case 'scan':
      if (isLeaf(plan)) return 'its rows come from another stage';
      return {
        table: plan.table,
        names: new Map(plan.columns.map(({ id, name }) => [id, name])),
        widened: new Set(),
        conditions: [],
      };
    case 'filter': {
      const input = readingOf(plan.input);
      if (typeof input === 'string') return input;
      if (input.widened.size > 0) return 'its predicate is on columns that are cast';
      return {
        ...input,
        conditions: [...input.conditions, { condition: plan.predicate, names: input.names }],
      };
    }
    case 'project': {
      const input = readingOf(plan.input);
      if (typeof input === 'string') return input;
      const names = new Map<string, string>();
      const widened = new Set<string>();
      for (const [i, expression] of plan.expressions.entries()) {
        const column = isWidening(expression) ? expression.argument : expression;
        if (column.kind !== 'column') return 'columns are computed in front of it';
        const { id } = plan.columns[i]!;
        names.set(id, input.names.get(column.id)!);
        if (column !== expression || input.widened.has(column.id)) widened.add(id);
      }
      return { ...input, names, widened };
    }
    default:
      return `a ${plan.kind} is in front of it`;
  }
}

/** Casts that keep every value, by what is cast. */
const WIDER: Readonly<Record<string, readonly string[]>> = {
  TINYINT: ['SMALLINT', 'INT', 'BIGINT'],
  SMALLINT: ['INT', 'BIGINT'],
  INT: ['BIGINT'],
  FLOAT: ['DOUBLE'],
  CHAR: ['STRING'],
  VARCHAR: ['STRING'],
};

function isWidening(expression: Expression): expression is Extract<Expression, { readonly kind: 'cast' }> {
  if (expression.kind !== 'cast') return false;
  const { argument, type } = expression;
  return WIDER[argument.type.kind]?.includes(type.kind) ?? false;
}
