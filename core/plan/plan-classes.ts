/** Structural identity of plans: those of one class give the same columns of the same rows, by position. */
import { typeToText } from '../types/type-text.js';
import type { LogicalPlan, PlanColumn } from './logical-plan.js';
import { inputsOf } from './visit-plan.js';

/** What a node has beside what it is: its place in the text, its columns, its inputs. */
const OUTSIDE: ReadonlySet<string> = new Set(['span', 'columns', 'input', 'left', 'right', 'inputs']);

/** Numbers plans by what they are, whatever the ids of their columns. */
export class PlanClasses {
  readonly #classes = new Map<string, number>();
  readonly #known = new Map<LogicalPlan, number>();

  /** Equal numbers, equal plans: a column of outside, which a subquery reads, is equal to itself only. */
  of(plan: LogicalPlan): number {
    const known = this.#known.get(plan);
    if (known !== undefined) return known;
    const text = this.#text(plan);
    const found = this.#classes.get(text) ?? this.#classes.size;
    this.#classes.set(text, found);
    this.#known.set(plan, found);
    return found;
  }

  #text(plan: LogicalPlan): string {
    if (plan.kind === 'shared') return `shared ${plan.id}`;
    const inputs = inputsOf(plan);
    const places = new Map(
      inputs.flatMap((input, i) => input.columns.map(({ id }, at): [string, string] => [id, `${i}.${at}`])),
    );
    const columns = plan.columns.map((column) => describeColumn(column, plan.kind === 'scan'));
    const own = Object.entries(plan.kind === 'watermark' ? placed(plan, places) : plan);
    const parts = own.filter(([name]) => !OUTSIDE.has(name));
    return JSON.stringify([inputs.map((input) => this.of(input)), columns, parts], (name, value) => {
      if (name === 'span') return undefined;
      if (typeof value !== 'object' || value === null || !('kind' in value)) return value;
      if (name === 'type') return typeToText(value);
      if (value.kind === 'column') return { ...value, id: places.get(value.id) ?? value.id };
      return value.kind === 'subquery' ? { ...value, plan: this.of(value.plan) } : value;
    });
  }
}

/** A name says what a scan reads; everywhere else it is only shown. */
function describeColumn({ name, type, rowtime, window }: PlanColumn, isRead: boolean): unknown {
  return [isRead ? name : null, typeToText(type), rowtime === true, window?.edge, window?.isLocal];
}

function placed(
  plan: Extract<LogicalPlan, { kind: 'watermark' }>,
  places: ReadonlyMap<string, string>,
): LogicalPlan {
  const at = (id: string) => places.get(id) ?? id;
  return { ...plan, rowtime: at(plan.rowtime), primaryKey: plan.primaryKey?.map(at) ?? null };
}
