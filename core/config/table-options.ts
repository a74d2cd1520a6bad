/** What statements mean and how they are planned: time zone, state of streams, phases of aggregates. */
import type { Option } from './option.js';

export const TABLE_OPTIONS = {
  'parallelism.default': {
    type: 'integer',
    default: null,
    meaning:
      'Workers of each Python stage; by default as many as the machine has cores and its memory allows.',
    schema: { minimum: 1, maximum: 1024 },
  },
  'table.local-time-zone': {
    type: 'string',
    default: 'default',
    meaning:
      "Time zone of the session (an IANA name or an offset such as +02:00); 'default' is the system's.",
    schema: { pattern: '^(default|[A-Za-z]+([/_+-][A-Za-z0-9_+-]+)*|(UTC|GMT)?[+-][0-9]{1,2}:?[0-9]{2})$' },
  },
  'table.exec.sink.not-null-enforcer': {
    type: 'string',
    default: 'ERROR',
    meaning:
      'What INSERT does with NULL for a NOT NULL column: ERROR fails the job, DROP leaves the row out.',
    schema: { enum: ['ERROR', 'DROP'] },
  },
  'table.exec.sink.upsert-materialize': {
    type: 'string',
    default: 'AUTO',
    meaning:
      'When a stream remembers rows under the primary key of the table that they are written to: AUTO where they change by another key, FORCE always, NONE never.',
    schema: { enum: ['AUTO', 'FORCE', 'NONE'] },
  },
  'state.backend.type': {
    type: 'string',
    default: 'hashmap',
    meaning:
      "Where streams keep state by key: hashmap, in the memory of the core; lmdb, in a file of the temporary folder (io.tmp.dirs), with what is at work in memory. Flink's rocksdb is not there: lmdb is what it is for.",
    schema: { enum: ['hashmap', 'lmdb'] },
  },
  'table.exec.state.ttl': {
    type: 'duration',
    default: '0 ms',
    meaning:
      'How long a stream keeps the state of a key that no row writes: of GROUP BY, joins, deduplication and Top-N; 0 keeps it as long as the job runs.',
    schema: { minimum: 0 },
  },
  'table.exec.mini-batch.enabled': {
    type: 'boolean',
    default: 'false',
    meaning:
      'A stream collects rows before GROUP BY says what they changed: fewer changes, and fewer calls of Python aggregates, each later. Needs the two limits below.',
  },
  'table.exec.mini-batch.size': {
    type: 'integer',
    default: '-1',
    meaning: 'Mini-batch: so many rows are enough.',
    schema: { minimum: -1 },
  },
  'table.exec.mini-batch.allow-latency': {
    type: 'duration',
    default: '0 ms',
    meaning: 'Mini-batch: how long a row waits for others at most.',
    schema: { minimum: 0 },
  },
  'table.optimizer.agg-phase-strategy': {
    type: 'string',
    default: 'AUTO',
    meaning:
      'Python aggregates that have merge: ONE_PHASE sorts the rows by group first, TWO_PHASE aggregates shares of the rows before that, AUTO does the latter where there is no GROUP BY, and by group where workers read Parquet files whose dictionaries say that groups are few.',
    schema: { enum: ['AUTO', 'ONE_PHASE', 'TWO_PHASE'] },
  },
  'table.optimizer.reuse-sub-plan-enabled': {
    type: 'boolean',
    default: 'true',
    meaning:
      'What several INSERTs of a statement set, or several places of a query, read alike is computed once, the slowest of them decides the pace.',
  },
  'table.optimizer.reuse-source-enabled': {
    type: 'boolean',
    default: 'true',
    meaning: 'So is what they read of one table: false reads it for each of them.',
  },
  'millstream.optimizer.source-fusion': {
    type: 'string',
    default: 'AUTO',
    meaning:
      'Function workers read Parquet files themselves, where a function is called on rows of a table as they are: AUTO where there are as many workers as cores, ON also with fewer, OFF never.',
    schema: { enum: ['AUTO', 'ON', 'OFF'] },
  },
} as const satisfies Readonly<Record<string, Option>>;
