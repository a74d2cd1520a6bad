/** What came after Flink 1.20. */

import { isAnyTime } from '../plan/processing-time.js';
import { expressionsOf, inputsOf } from '../plan/visit-plan.js';
import type { FunctionCallNode } from '../sql/ast.js';
import type { Finding } from './finding.js';
import { refused } from './finding.js';
import type { PortableJob } from './portability-context.js';
import { expressionsIn, filteredNodes, nodesOf, syntaxIn } from './visit.js';

/** Built-in functions of 2.3 that the list of 1.20 does not have. */
const NEWER_FUNCTIONS = new Set([
  'BTRIM',
  'ELT',
  'ENDSWITH',
  'INET_ATON',
  'INET_NTOA',
  'JSON',
  'JSON_QUOTE',
  'JSON_UNQUOTE',
  'OBJECT_OF',
  'OBJECT_UPDATE',
  'PARSE_JSON',
  'PERCENTILE',
  'PRINTF',
  'REGEXP_COUNT',
  'REGEXP_EXTRACT_ALL',
  'REGEXP_INSTR',
  'REGEXP_SUBSTR',
  'STARTSWITH',
  'TRANSLATE',
  'TRY_PARSE_JSON',
  'UNHEX',
  'URL_DECODE',
  'URL_ENCODE',
]);

/** What Flink 1.20 refuses and 2.3 takes. */
export function* newerThan120(job: PortableJob): Generator<Finding> {
  if (job.version !== '1.20') return;
  for (const node of syntaxIn(job.statement)) {
    if (node.kind === 'function_call') yield* newerFunction(node as FunctionCallNode, job);
    const { qualify, withOrdinality, onConflict } = node as {
      readonly onConflict?: string | null;
      readonly qualify?: unknown;
      readonly withOrdinality?: boolean;
    };
    if (qualify != null) {
      const hint = 'Compute the function in a query, and compare it in WHERE around it.';
      yield refused('qualify', 'Flink 1.20 has no QUALIFY.', hint, qualify as FunctionCallNode);
    }
    if (onConflict != null) {
      const hint = 'Leave it out: Flink 1.20 does that by itself.';
      yield refused('on-conflict', 'Flink 1.20 has no ON CONFLICT.', hint, node as FunctionCallNode);
    }
    if (withOrdinality === true) {
      const hint = 'Number the items in a table function.';
      yield refused('ordinality', 'Flink 1.20 has no WITH ORDINALITY.', hint, node as FunctionCallNode);
    }
  }
  if (job.mode === 'streaming') yield* overByValues(job);
}

function* newerFunction(node: FunctionCallNode, { declaration }: PortableJob): Generator<Finding> {
  const name = node.name.parts.at(-1)!.name;
  if (!NEWER_FUNCTIONS.has(name.toUpperCase()) || declaration(name) !== null) return;
  const hint = 'Take Flink 2.3, or a Python function of another name.';
  yield refused('newer-function', `Flink 1.20 has no function ${name.toUpperCase()}.`, hint, node);
}

function* overByValues({ queries }: PortableJob): Generator<Finding> {
  for (const { root } of queries) {
    const nodes = [...nodesOf(root)];
    const filtered = filteredNodes(nodes);
    for (const node of nodes) {
      const [input] = inputsOf(node);
      if (input === undefined) continue;
      for (const call of expressionsOf(node).flatMap((expression) => [...expressionsIn(expression)])) {
        if (call.kind !== 'window_call' || (RANKINGS.has(call.function) && filtered.has(node))) continue;
        const first = call.orderBy[0]?.expression;
        if (first === undefined || isAnyTime(input, first)) continue;
        const message = 'Over a stream Flink 1.20 orders OVER by event time or processing time alone.';
        yield refused('over-by-value', message, 'Order by a time attribute, or take Flink 2.3.', call);
      }
    }
  }
}

const RANKINGS = new Set(['ROW_NUMBER', 'RANK', 'DENSE_RANK']);
