/** Functions that PyFlink cannot be given, by what they declare. */
import type { FunctionDeclaration } from '../functions/function-declaration.js';
import { isInlineTarget } from '../functions/inline-target.js';
import { callsPython } from '../plan/expression-facts.js';
import { expressionsOf } from '../plan/visit-plan.js';
import type { Span } from '../sql/span.js';
import type { Finding, FindingEffect } from './finding.js';
import type { PortableJob } from './portability-context.js';
import { expressionsIn, nodesOf } from './visit.js';

/** Findings about each function that the job calls, at its first call. */
export function* declaredFunctions(job: PortableJob): Generator<Finding> {
  for (const [name, span] of calledFunctions(job)) {
    const declaration = job.declaration(name);
    if (declaration === null) continue;
    for (const [rule, effect, message, hint] of problems(declaration, job.version))
      yield { rule, effect, message: `${message}: ${name}.`, hint, span };
  }
}

type Problem = readonly [rule: string, effect: FindingEffect, message: string, hint: string];

function* problems(declared: FunctionDeclaration, version: string): Generator<Problem> {
  const { kind, batch, options } = declared;
  if (isInlineTarget(declared.target)) {
    yield [
      'inline-function',
      'refused',
      'Flink has no functions whose Python stands in the SQL',
      "Put it into a file, AS 'module.name'.",
    ];
  }
  if (batch !== null && batch !== 'pandas') {
    yield [
      'batch-format',
      'refused',
      `PyFlink gives whole columns as pandas only, not as ${batch}`,
      "Declare batch='pandas'.",
    ];
  }
  if (batch === 'pandas' && kind === 'table') {
    yield [
      'pandas-table-function',
      'refused',
      'PyFlink has no table functions over pandas',
      'Give one row to each call and yield rows.',
    ];
  }
  if (declared.iterator) {
    yield [
      'iterator',
      'refused',
      'PyFlink has no functions over iterators of batches',
      'Take one batch for each call.',
    ];
  }
  if (declared.parameters.some(({ table }) => table !== null)) {
    yield [
      'table-parameter',
      'refused',
      "Flink's Python has no functions that are given tables in SQL",
      'Keep the job here, or write a table function of rows.',
    ];
  } else if (kind === 'table_aggregate') {
    yield [
      'table-aggregate',
      'refused',
      "Flink's SQL cannot call a table aggregate",
      'Call it by flat_aggregate of the Table API.',
    ];
  }
  if (declared.analyzes) {
    yield [
      'analyze',
      'refused',
      'PyFlink has no table functions whose columns depend on the call',
      'Declare result_types.',
    ];
  }
  if (declared.isAsync && version === '1.20') {
    yield ['async', 'refused', 'PyFlink 1.20 has no async functions', 'Take Flink 2.3, or write `def`.'];
  }
  const { on_error: onError } = options;
  if (onError === 'skip' || onError === 'dead_letter' || (onError === 'null' && kind !== 'scalar')) {
    yield [
      'on-error',
      'refused',
      `Flink cannot leave out a row that a function fails on (on_error='${onError}')`,
      "Take on_error='null', or catch the exception in the function.",
    ];
  }
  if (declared.parameters.some(({ variadic }) => variadic) && batch !== null) return;
  const dropped = Object.keys(options).filter((option) => DROPPED.has(option));
  if (dropped.length > 0) {
    yield ['function-options', 'dropped', `Flink has no ${dropped.join(', ')}`, 'The function runs without.'];
  }
}

/** Options of decorators that do not change what a function gives. */
const DROPPED = new Set(
  'memory cpus gpus resources concurrency rate cache batch_rows ordered max_errors max_output_rows max_output_bytes replay timeout retry packages python'.split(
    ' ',
  ),
);

/** Names of the functions that the job calls, each with the place of its first call. */
function calledFunctions({ queries }: PortableJob): ReadonlyMap<string, Span | null> {
  const found = new Map<string, Span | null>();
  const add = (name: string, span: Span | null) => {
    if ((found.get(name) ?? null) === null) found.set(name, span);
  };
  for (const node of queries.flatMap(({ root }) => [...nodesOf(root)])) {
    if (node.kind === 'correlate' || node.kind === 'map') add(node.call.function, node.call.span);
    if (node.kind === 'aggregate')
      for (const call of node.aggregates) if (call.python) add(call.function, call.span);
    for (const expression of expressionsOf(node)) {
      if (!callsPython(expression)) continue;
      for (const inner of expressionsIn(expression)) {
        const isCall =
          inner.kind === 'python_call' || (inner.kind === 'window_call' && inner.python !== null);
        if (isCall) add(inner.function, inner.span);
      }
    }
  }
  return found;
}
