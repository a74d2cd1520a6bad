/** Queries that Millstream computes with all rows at hand, and Flink refuses over a stream. */
import type { LogicalPlan } from '../plan/logical-plan.js';
import { isAnyTime } from '../plan/processing-time.js';
import { upsertKeys } from '../plan/upsert-keys.js';
import { differs, type Finding, refused } from './finding.js';
import type { PortableJob } from './portability-context.js';
import { isUpdating } from './updating.js';
import { filteredNodes, nodesOf, windowCallsOf } from './visit.js';

type TableSink = Extract<PortableJob['queries'][number]['sink'], { kind: 'table' }>;

/** Connectors of Flink that take rows which change. */
const CHANGING_SINKS = new Set(['print', 'blackhole', 'jdbc', 'upsert-kafka', 'elasticsearch-7', 'mongodb']);

const CHANGE_FORMAT = /^(debezium|canal|maxwell|ogg)-/;

/** What Flink refuses in streaming mode. */
export function* streamingShapes({ queries, mode, version }: PortableJob): Generator<Finding> {
  if (mode !== 'streaming') return;
  for (const { root, sink } of queries) {
    const nodes = [...nodesOf(root)];
    const underLimit = new Set(nodes.flatMap((node) => (node.kind === 'limit' ? [node.input] : [])));
    const filtered = filteredNodes(nodes);
    for (const node of nodes) {
      yield* overs(node);
      yield* oversByValue(node, filtered.has(node));
      yield* aggregates(node);
      if (node.kind === 'limit' && node.count === null)
        yield refused('offset', 'Flink has no OFFSET without LIMIT over a stream.', 'Give a LIMIT.', node);
      if (node.kind === 'sort' && !underLimit.has(node) && !isByTime(node)) {
        const message = 'Flink sorts a stream by an ascending time only.';
        yield refused('sort', message, 'Leave ORDER BY out, or give a LIMIT.', node);
      }
    }
    if (sink.kind !== 'table') continue;
    const { connector, options } = sink.table;
    if (sink.overwrite)
      yield refused('overwrite', 'Flink has no INSERT OVERWRITE over a stream.', 'Write INSERT INTO.', root);
    if (
      version !== '1.20' &&
      sink.onConflict === null &&
      isUpsert(sink, root) &&
      !changesByKeyOf(sink, root)
    ) {
      const message = nodes.some(hidesItsKey)
        ? 'Flink 2.3 demands ON CONFLICT where rows of a Python aggregate go into a table with a primary key.'
        : 'Flink 2.3 demands ON CONFLICT where rows change by other columns than the primary key of their table.';
      yield refused('on-conflict', message, 'Add ON CONFLICT DO DEDUPLICATE behind the query.', root);
    }
    const isChangeFormat = CHANGE_FORMAT.test(options['format'] ?? options['value.format'] ?? '');
    const takesChanges = CHANGING_SINKS.has(connector) || isChangeFormat;
    if (!takesChanges && isUpdating(root)) {
      const message = `Rows of this query change, and on Flink the connector ${connector} takes rows that do not.`;
      const hint =
        'Write to a connector that takes changes (print, upsert-kafka, jdbc), or group by windows of time.';
      yield refused('updating-sink', message, hint, root);
    }
  }
}

/** True where a row may take the place of another one. */
function isUpsert({ table: { connector } }: TableSink, root: LogicalPlan): boolean {
  const isDistinct = [...nodesOf(root)].some(({ kind }) => kind === 'distinct');
  return connector === 'jdbc' || connector === 'upsert-kafka' || isUpdating(root) || isDistinct;
}

/** True where nobody asks which of several rows under one primary key is in force. */
function changesByKeyOf({ table }: TableSink, root: LogicalPlan): boolean {
  const keys = table.primaryKey.map(
    (name) => root.columns[table.columns.findIndex((column) => column.name === name)]!.id,
  );
  const known = upsertKeys(root, (node) => !hidesItsKey(node));
  return keys.length === 0 || known.some((key) => key.every((id) => keys.includes(id)));
}

/** Of Python aggregates whose rows change Flink does not see that they change by the groups. */
function hidesItsKey(node: LogicalPlan): boolean {
  return node.kind === 'aggregate' && node.aggregates.some((call) => call.python) && isUpdating(node);
}

function isByTime({ keys, input }: Extract<LogicalPlan, { kind: 'sort' }>): boolean {
  const [first] = keys;
  return first !== undefined && !first.descending && isAnyTime(input, first.expression);
}

/** Flink plans these with OVER in an order of values, and fails on the first row. */
const FAILS_BY_VALUE = new Set(['LAG', 'ARRAY_AGG', 'COLLECT']);

function* oversByValue(node: LogicalPlan, isFiltered: boolean): Generator<Finding> {
  if (node.kind !== 'project') return;
  for (const call of windowCallsOf(node)) {
    const [first, second] = call.orderBy;
    if (first === undefined || (isFiltered && call.function === 'ROW_NUMBER')) continue;
    if (second !== undefined || first.descending) {
      const message = 'Over a stream Flink orders OVER by one column, ascending.';
      yield refused('over-order', message, 'Order by one column, or keep the first rows by a Top-N.', call);
      continue;
    }
    if (isAnyTime(node.input, first.expression)) continue;
    if (call.function === 'RANK' || call.function === 'DENSE_RANK') {
      const message = `Over a stream in an order of values ${call.function} counts all rows up to the last equal one on Flink.`;
      yield differs('over-rank', message, 'Use ROW_NUMBER, or order by a time.', call);
    } else if (call.distinct || FAILS_BY_VALUE.has(call.function)) {
      const what = call.distinct ? 'DISTINCT' : call.function;
      const message = `Flink plans ${what} with OVER in an order of values, and fails when it runs.`;
      yield differs('over-by-value-fails', message, 'Order by a time, or run it in batch mode.', call);
    }
  }
}

function* overs(node: LogicalPlan): Generator<Finding> {
  const calls = windowCallsOf(node);
  for (const call of calls) {
    if (call.orderBy.length === 0)
      yield refused('over-unordered', 'Over a stream, OVER needs ORDER BY a time.', 'Give ORDER BY.', call);
    const [value, , otherwise] = call.arguments;
    const isNumber = otherwise?.kind === 'literal' && typeof otherwise.value === 'number';
    if (/^(LAG|LEAD)$/.test(call.function) && isNumber && value!.type.kind !== 'INT') {
      const message = `On Flink the third argument of ${call.function} has the type of the first.`;
      yield refused('lag-default', message, 'CAST it to that type.', call);
    }
  }
  const numbered = calls.find((call) => call.function === 'ROW_NUMBER');
  const ranged = calls.find((call) => call.function !== 'ROW_NUMBER' && call.frame?.unit !== 'ROWS');
  if (numbered === undefined || ranged === undefined) return;
  const message = `ROW_NUMBER counts rows and ${ranged.function} ranges: two windows to Flink, which has one in a SELECT.`;
  yield refused('over-several', message, 'Compute one of them in a query around the other.', ranged);
}

function* aggregates(node: LogicalPlan): Generator<Finding> {
  if (node.kind !== 'aggregate') return;
  for (const call of node.aggregates) {
    if (call.function !== 'APPROX_COUNT_DISTINCT') continue;
    const message = 'Flink has no APPROX_COUNT_DISTINCT over a stream.';
    yield refused('approx-count-distinct', message, 'Write COUNT(DISTINCT …).', call);
  }
}
