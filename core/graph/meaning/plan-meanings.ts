/**
 * What the columns and rows of a stream's plan are, so that another run can compare it: told by tables, their columns and what
 * is computed of them, not by the ids that one planning gives.
 */
import { createHash } from 'node:crypto';
import { explainExpression } from '../../plan/explain-expression.js';
import type { Expression } from '../../plan/expression.js';
import type { LogicalPlan, PlanColumn } from '../../plan/logical-plan.js';
import type { StreamOperator, StreamOperatorKind } from '../../plan/stream-operator.js';
import { rewriteExpression } from '../../plan/visit-expression.js';
import { expressionsOf, inputsOf } from '../../plan/visit-plan.js';
import { typeToText } from '../../types/type-text.js';
import { type Place, placeOperator } from '../stream/place-operator.js';

/** What a column is. */
export interface ColumnMeaning {
  readonly name: string;
  /** What it is computed of, for people; long ones are cut. */
  readonly text: string;
  /** Equal exactly where columns are computed alike of the same columns of tables. */
  readonly hash: string;
}

type Plan<K extends LogicalPlan['kind']> = Extract<LogicalPlan, { readonly kind: K }>;

const LONGEST_TEXT = 80;
/** Names that a query's author has not given. */
const MADE_NAME = /^(operand|EXPR\$\d+)$/;

/** Learns plans, and answers for their columns and rows. */
export class PlanMeanings {
  readonly #columns = new Map<string, ColumnMeaning>();
  readonly #rows = new Map<LogicalPlan, string>();
  readonly #inputs = new Map<StreamOperator<string>, string>();

  /** Which rows a plan gives, whatever their columns: equal where the same conditions are put to rows of the same tables. */
  rowsOf(plan: LogicalPlan): string {
    const known = this.#rows.get(plan);
    if (known !== undefined) return known;
    const inputs = inputsOf(plan).map((input) => this.rowsOf(input));
    const rows = this.#learn(plan, inputs);
    this.#rows.set(plan, rows);
    return rows;
  }

  /** The rows that come to an operator of a plan that was learnt. */
  rowsOfInputs(operator: StreamOperator<string>): string {
    return this.#inputs.get(operator) ?? '';
  }

  /** A column of a plan that was learnt; undefined for any other. */
  find(id: string): ColumnMeaning | undefined {
    return this.#columns.get(id);
  }

  /** The same; of another its id is all that is known. */
  column(id: string): ColumnMeaning {
    return this.find(id) ?? { name: id, text: id, hash: id };
  }

  /** Learns the columns of a plan whose inputs are known, and gives its rows. */
  #learn(plan: LogicalPlan, inputs: readonly string[]): string {
    switch (plan.kind) {
      case 'scan': {
        const table = plan.table.path.join('.');
        for (const { id, name } of plan.columns) this.#add(id, name, name, hashOf(['column', table, name]));
        return hashOf(['scan', table]);
      }
      case 'project':
        for (const [i, column] of plan.columns.entries()) this.#addExpression(column, plan.expressions[i]!);
        return inputs[0]!;
      case 'shared':
        for (const [i, { id }] of plan.columns.entries())
          this.#columns.set(id, this.column(plan.input.columns[i]!.id));
        return inputs[0]!;
      case 'filter':
        return hashOf(['filter', this.#hash(plan.predicate), inputs]);
      case 'watermark':
        return inputs[0]!;
      case 'stream':
        return this.#learnOperator(plan, inputs);
      default:
        return this.#learnOther(plan, inputs);
    }
  }

  #learnOperator({ operator, columns }: Plan<'stream'>, inputs: readonly string[]): string {
    const what = meaningOfOperator(operator, (column) => this.column(column).hash);
    for (const [i, { id, name }] of columns.entries()) {
      const output = operator.outputs[i]!;
      if (output.kind === 'input') this.#columns.set(id, this.column(output.column));
      else if (output.kind === 'result') this.#add(id, name, name, hashOf([what, output.result]));
      else this.#add(id, name, name, output.kind);
    }
    this.#inputs.set(operator, hashOf(inputs));
    return operator.kind === 'watermark' ? inputs[0]! : hashOf([what, inputs]);
  }

  /** Columns that the inputs do not have are of the node itself. */
  #learnOther(plan: LogicalPlan, inputs: readonly string[]): string {
    const passed = new Set(inputsOf(plan).flatMap((input) => input.columns.map(({ id }) => id)));
    const made = 'call' in plan ? plan.call.function : plan.kind;
    const what = [plan.kind, made, expressionsOf(plan).map((expression) => this.#hash(expression))];
    for (const [i, { id, name }] of plan.columns.entries())
      if (!passed.has(id)) this.#add(id, name, `${made}.${name}`, hashOf([what, i]));
    return hashOf([what, inputs]);
  }

  #addExpression({ id, name }: PlanColumn, expression: Expression): void {
    if (expression.kind === 'column') {
      const same = this.column(expression.id);
      this.#columns.set(id, MADE_NAME.test(name) ? same : { ...same, name });
      return;
    }
    const shown = rewriteExpression(expression, (e) =>
      e.kind === 'column' ? { ...e, id: this.column(e.id).text } : e,
    );
    const text = cut(explainExpression(shown));
    this.#add(id, MADE_NAME.test(name) ? text : name, text, this.#hash(expression));
  }

  #add(id: string, name: string, text: string, hash: string): void {
    this.#columns.set(id, { name, text, hash });
  }

  /** Of its operands' hashes, so that it is the same whether a part is computed in front of it or in it. */
  #hash(expression: Expression): string {
    const hashed = rewriteExpression(expression, (e) => {
      const hash = e.kind === 'column' ? this.column(e.id).hash : hashOf(this.#plain(e));
      return { kind: 'column', id: hash, type: e.type, span: null };
    });
    return (hashed as Extract<Expression, { readonly kind: 'column' }>).id;
  }

  #plain(expression: Expression): unknown {
    if (expression.kind !== 'subquery') return expression;
    const { plan, ...rest } = expression;
    return { ...rest, plan: [this.rowsOf(plan), plan.columns.map(({ id }) => this.column(id).hash)] };
  }
}

/** What an operator does, with `place` for the columns that it reads. What it puts out of its results says nothing of it. */
export function meaningOfOperator<C>(
  operator: StreamOperator<string>,
  place: Place<C>,
): StreamOperatorKind<unknown> {
  const { outputs: _, ...placed } = placeOperator<C>(operator, [], place);
  if (placed.kind === 'join' && placed.condition !== undefined)
    return { ...placed, condition: namedCondition(placed.condition) };
  if (placed.kind === 'lookup' && placed.condition !== null)
    return { ...placed, condition: { ...namedCondition(placed.condition), fields: [] } };
  return placed;
}

interface Condition {
  readonly predicate: Expression;
  readonly columns: readonly { readonly id: string; readonly column: unknown; readonly input?: number }[];
  readonly fields?: readonly { readonly id: string; readonly field: number }[];
}

/** By what columns are, instead of the ids that they have in it. */
function namedCondition({ predicate, columns, fields = [] }: Condition) {
  const names = new Map<string, string>([
    ...columns.map(({ id, column, input = 0 }): [string, string] => [id, `column ${input} ${column}`]),
    ...fields.map(({ id, field }): [string, string] => [id, `field ${field}`]),
  ]);
  const named = rewriteExpression(predicate, (e) =>
    e.kind === 'column' ? { ...e, id: names.get(e.id) ?? e.id } : e,
  );
  return { predicate: named, columns: [] };
}

/** Equal for equal values, places in the text of the SQL and what may be NULL not counted. */
export function hashOf(value: unknown): string {
  const text = JSON.stringify(value, (name, inner) => {
    if (name === 'span' || name === 'place') return undefined;
    const isType = /^(type|argumentTypes)$/.test(name) && typeof inner === 'object' && inner !== null;
    if (!isType) return inner;
    return Array.isArray(inner) ? inner.map(typeText) : typeText(inner);
  });
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function typeText(type: unknown): unknown {
  const isType = typeof type === 'object' && type !== null && 'kind' in type;
  return isType ? typeToText({ ...(type as Expression['type']), nullable: true }) : type;
}

function cut(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1)}…`;
}
