/** Takes Python calls out of expressions: stages below compute them, the expressions read the results. */

import type { Expression } from '../../plan/expression.js';
import { columnOf, type PythonCallExpression } from '../../plan/expression-builders.js';
import { callsPython, isNondeterministic } from '../../plan/expression-facts.js';
import type { LogicalPlan, PlanColumn } from '../../plan/logical-plan.js';
import { withNullable } from '../../types/types.js';
import { leafOf, type PythonBoundary } from '../boundary.js';
import { type PlacedCall, placeCalls } from './call-levels.js';
import { CallSet } from './call-set.js';
import { ColumnMaker } from './column-maker.js';
import { materializeVolatile } from './materialize.js';
import { planSteps } from './plan-steps.js';
import type { SplitContext, SplitPlan } from './split-context.js';

/** Expressions without Python calls, over a plan that has their results. */
export interface Evaluated {
  readonly input: SplitPlan;
  readonly expressions: readonly Expression[];
}

/** Computes every Python call inside `expressions` (over the columns of `input`), level by level. */
export function evaluateCalls(
  context: SplitContext,
  input: SplitPlan,
  expressions: readonly Expression[],
): Evaluated {
  if (!expressions.some(callsPython)) return { input, expressions };
  const work = new Evaluation(context, input, expressions);
  for (let level = 0; level <= work.lastLevel; level++) work.evaluateLevel(level);
  return { input: work.output(), expressions: work.rewritten() };
}

/** How the last call of a stage is used. */
export interface FinalForm {
  readonly mode: 'filter' | 'table';
  readonly outer: boolean;
  /** The columns that hold its results; the predicate of a filter has one that nobody reads. */
  readonly columns: readonly PlanColumn[];
}

/**
 * Makes a stage whose last step is `call`: `filter` keeps the rows for which it is TRUE; `table` gives its
 * rows in `columns`. Its arguments may call Python themselves.
 */
export function evaluateFinalCall(
  context: SplitContext,
  input: SplitPlan,
  call: PythonCallExpression,
  form: FinalForm,
): SplitPlan {
  const work = new Evaluation(context, input, [call]);
  for (let level = 0; level < work.lastLevel; level++) work.evaluateLevel(level);
  work.evaluateLast(form);
  return work.output();
}

class Evaluation {
  readonly #context: SplitContext;
  readonly #set = new CallSet();
  readonly #calls: readonly PlacedCall[];
  readonly #expressions: readonly Expression[];
  readonly #results: Map<string, Expression>;
  readonly #known: Map<string, Expression>;
  #plan: LogicalPlan;

  constructor(context: SplitContext, input: SplitPlan, expressions: readonly Expression[]) {
    this.#context = context;
    const fixed = materializeVolatile(input.plan, expressions, context.ids);
    this.#plan = fixed.input;
    this.#expressions = fixed.expressions;
    this.#results = new Map(input.known);
    this.#known = new Map(input.known);
    for (const expression of this.#expressions) this.#set.add(expression, input.known);
    this.#calls = placeCalls(this.#set.needed(), this.#set, input.known, (name) =>
      context.resourceGroupOf(name),
    );
  }

  get lastLevel(): number {
    return Math.max(-1, ...this.#calls.map((call) => call.level));
  }

  evaluateLevel(level: number): void {
    const groups = groupCalls(this.#at(level));
    const maker = new ColumnMaker(this.#context.ids);
    const stages = groups.map((calls) => ({ calls, steps: this.#steps(calls, maker) }));
    this.#plan = maker.build(this.#plan);
    for (const { calls, steps } of stages) {
      const results = steps.flatMap((step) => step.results);
      this.#addStage(
        { mode: 'scalar', steps, outer: false, columns: [...this.#plan.columns, ...results] },
        calls,
      );
      calls.forEach((call, i) => {
        this.#remember(call, columnOf(steps[i]!.results[0]!, call.call.span));
      });
    }
  }

  evaluateLast(form: FinalForm): void {
    const calls = this.#at(this.lastLevel);
    const maker = new ColumnMaker(this.#context.ids);
    const last = calls.at(-1)!;
    const steps = this.#steps(calls, maker, (placed) => (placed === last ? form.columns : null));
    this.#plan = maker.build(this.#plan);
    const before = form.mode === 'filter' ? calls.slice(0, -1) : [];
    const columns = [...this.#plan.columns, ...before.flatMap((_, i) => steps[i]!.results), ...form.columns];
    this.#addStage({ mode: form.mode, steps, outer: form.outer, columns }, calls);
    before.forEach((placed, i) => {
      this.#remember(placed, columnOf(steps[i]!.results[0]!, placed.call.span));
    });
  }

  output(): SplitPlan {
    return { plan: this.#plan, known: this.#known };
  }

  rewritten(): Expression[] {
    return this.#expressions.map((expression) => this.#set.replace(expression, this.#results));
  }

  #at(level: number): PlacedCall[] {
    return this.#calls.filter((call) => call.level === level);
  }

  #steps(
    calls: readonly PlacedCall[],
    maker: ColumnMaker,
    columnsOf: (call: PlacedCall) => readonly PlanColumn[] | null = () => null,
  ) {
    return planSteps(calls, {
      set: this.#set,
      results: this.#results,
      maker,
      resultsOf: (call) =>
        columnsOf(call) ?? [this.#context.ids.column(call.call.function, withNullable(call.call.type, true))],
    });
  }

  #addStage(
    stage: Pick<PythonBoundary, 'mode' | 'steps' | 'outer' | 'columns'>,
    calls: readonly PlacedCall[],
  ): void {
    const boundary = this.#context.add({
      kind: 'python',
      key: this.#context.newKey(),
      input: this.#plan,
      keys: null,
      tag: null,
      span: calls[0]?.call.span ?? null,
      ...stage,
    });
    this.#plan = leafOf(boundary);
  }

  #remember(call: PlacedCall, result: Expression): void {
    this.#results.set(call.key, result);
    if (call.guard === null && !isNondeterministic(call.call)) this.#known.set(call.key, result);
  }
}

/** The calls of one level by their workers, in the order of first appearance. */
function groupCalls(calls: readonly PlacedCall[]): PlacedCall[][] {
  const groups = new Map<string, PlacedCall[]>();
  for (const call of calls) {
    const group = groups.get(call.resourceGroup);
    if (group === undefined) groups.set(call.resourceGroup, [call]);
    else group.push(call);
  }
  return [...groups.values()];
}
