/**
 * Keys that Flink 2.3 knows and Millstream only accepts, so that a job written for Flink runs. Each gives one note.
 * A key that would change results is accepted with its harmless values alone.
 */

/** How a key of Flink is taken; null: not a key of Flink. */
export type FlinkKey =
  /** It has no effect here, for the reason given. */
  | { readonly kind: 'noted'; readonly reason: string }
  /** It would change results: only these values are accepted (in upper case), being what Millstream does. */
  | { readonly kind: 'fixed'; readonly values: readonly string[] };

/** Looks a key up. */
export function flinkKey(key: string): FlinkKey | null {
  const values = FIXED.get(key);
  if (values !== undefined) return { kind: 'fixed', values };
  const reason = NOTED.get(key) ?? PREFIXES.find(([prefix]) => key.startsWith(prefix))?.[1];
  return reason === undefined ? null : { kind: 'noted', reason };
}

/** All keys of Flink by name, for near names. */
export function flinkKeyNames(): string[] {
  return [...FIXED.keys(), ...NOTED.keys()];
}

const FIXED = new Map<string, readonly string[]>([
  ['table.sql-dialect', ['DEFAULT']],
  ['table.exec.legacy-cast-behaviour', ['DISABLED']],
  ['table.exec.sink.type-length-enforcer', ['IGNORE']],
  ['table.exec.sink.nested-constraint-enforcer', ['IGNORE']],
  ['table.exec.source.rowtime-null-handling', ['FAIL']],
  ['table.exec.deduplicate.insert-update-after-sensitive-enabled', ['TRUE']],
  ['table.column-expansion-strategy', ['']],
]);

const REASONS = {
  plan: 'the optimiser here has no such choice',
  cluster: 'there is no cluster here: everything runs on one machine',
  state: 'how state lies is said by state.backend.type alone',
  remembered:
    'what was looked up, or a nondeterministic function gave, is always remembered for rows that change',
  bundles: 'bundles adapt themselves to the load',
  workers: 'function workers are always separate processes, with caps from the resource manager',
  java: 'nothing here runs in a JVM',
  checkpoints: 'checkpoints have no such choice here',
  display: 'it concerns how another client shows results',
} as const;

const NOTED = new Map<string, string>([
  ...noted(REASONS.plan, [
    'table.optimizer.bushy-join-reorder-threshold',
    'table.optimizer.distinct-agg.split.bucket-num',
    'table.optimizer.distinct-agg.split.enabled',
    'table.optimizer.dynamic-filtering.enabled',
    'table.optimizer.incremental-agg-enabled',
    'table.optimizer.join-reorder-enabled',
    'table.optimizer.join.broadcast-threshold',
    'table.optimizer.multiple-input-enabled',
    'table.optimizer.multi-join.enabled',
    'table.optimizer.reuse-optimize-block-with-digest-enabled',
    'table.optimizer.reuse-sink-enabled',
    'table.optimizer.runtime-filter.enabled',
    'table.optimizer.source.report-statistics-enabled',
    'table.optimizer.sql2rel.project-merge.enabled',
    'table.optimizer.union-all-as-breakpoint-enabled',
    'table.exec.disabled-operators',
    'table.exec.operator-fusion-codegen.enabled',
    'table.generated-code.max-length',
    'table.plan.compile.catalog-objects',
    'table.plan.force-recompile',
    'table.plan.restore.catalog-objects',
    'table.exec.uid.format',
    'table.exec.uid.generation',
  ]),
  ...noted(REASONS.remembered, ['table.optimizer.non-deterministic-update.strategy']),
  ...noted(REASONS.state, [
    'table.exec.rank.topn-cache-size',
    'table.exec.source.cdc-events-duplicate',
    'table.exec.interval-join.min-cleanup-interval',
    'table.exec.async-state.enabled',
    'table.exec.sink.keyed-shuffle',
    'python.state.cache-size',
    'python.map-state.read-cache-size',
    'python.map-state.write-cache-size',
    'python.map-state.iterate-response-batch-size',
  ]),
  ...noted(REASONS.bundles, [
    'python.fn-execution.arrow.batch.size',
    'python.fn-execution.bundle.size',
    'python.fn-execution.bundle.time',
    'execution.buffer-timeout.enabled',
    'execution.buffer-timeout.interval',
    'execution.buffer-timeout',
    'execution.batch-shuffle-mode',
    'execution.batch.adaptive.auto-parallelism.enabled',
    'table.exec.shuffle-mode',
  ]),
  ...noted(REASONS.workers, [
    'python.fn-execution.memory.managed',
    'python.fn-execution.streaming.enabled',
    'python.execution-mode',
    'python.metric.enabled',
    'python.profile.enabled',
    'python.operator-chaining.enabled',
    'python.client.executable',
    'python.fn-execution.scalar-udf.concurrency',
    'table.exec.resource.default-parallelism',
    'table.exec.sort.max-num-file-handles',
    'table.exec.spill-compression.enabled',
    'table.exec.spill-compression.block-size',
    'table.exec.window-agg.buffer-size-limit',
  ]),
  ...noted(REASONS.cluster, [
    'execution.attached',
    'execution.shutdown-on-attached-exit',
    'execution.target',
    'execution.job-listeners',
    'pipeline.max-parallelism',
    'pipeline.name',
    'pipeline.operator-chaining.enabled',
    'table.dml-sync',
    'table.resources.download-dir',
  ]),
  ...noted(REASONS.java, [
    'pipeline.classpaths',
    'pipeline.closure-cleaner-level',
    'pipeline.force-avro',
    'pipeline.force-kryo',
    'pipeline.generic-types',
    'pipeline.jars',
    'pipeline.object-reuse',
    'pipeline.serialization-config',
  ]),
]);

const PREFIXES: readonly (readonly [prefix: string, reason: string])[] = [
  ['execution.checkpointing.', REASONS.checkpoints],
  ['execution.savepoint.', REASONS.checkpoints],
  ['execution.state-recovery.', REASONS.checkpoints],
  ['state.', REASONS.checkpoints],
  ['sql-client.', REASONS.display],
  ['taskmanager.', REASONS.cluster],
  ['jobmanager.', REASONS.cluster],
  ['jobstore.', REASONS.cluster],
  ['rest.', REASONS.cluster],
  ['cluster.', REASONS.cluster],
  ['kubernetes.', REASONS.cluster],
  ['yarn.', REASONS.cluster],
  ['high-availability', REASONS.cluster],
  ['metrics.', REASONS.cluster],
  ['security.', REASONS.cluster],
  ['blob.', REASONS.cluster],
  ['web.', REASONS.cluster],
  ['env.', REASONS.java],
  ['classloader.', REASONS.java],
  ['pekko.', REASONS.java],
];

function noted(reason: string, keys: readonly string[]): (readonly [string, string])[] {
  return keys.map((key) => [key, reason] as const);
}
