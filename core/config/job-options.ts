/** How jobs run: mode, event time, checkpoints, and beginning again after a failure. */
import type { Option } from './option.js';

/** Flink's names, each with those that it takes for it. */
const RESTART_STRATEGIES = [
  ...['none', 'off', 'disable'],
  ...['fixed-delay', 'fixeddelay'],
  ...['failure-rate', 'failurerate'],
  ...['exponential-delay', 'exponentialdelay'],
];

export const JOB_OPTIONS = {
  'execution.runtime-mode': {
    type: 'string',
    default: 'AUTOMATIC',
    meaning: 'BATCH, STREAMING, or AUTOMATIC: batch where every source is bounded.',
    schema: { enum: ['BATCH', 'STREAMING', 'AUTOMATIC'] },
  },
  'metrics.reporter.prom.port': {
    type: 'string',
    default: null,
    meaning:
      'Where Prometheus fetches the metrics of `millstream run`: a port of this machine, or a range of which the first free one is taken (`9250-9260`).',
    schema: { pattern: '^\\d{1,5}(-\\d{1,5})?$' },
  },
  'pipeline.auto-watermark-interval': {
    type: 'duration',
    default: '200 ms',
    meaning:
      'How often the watermark of a table moves on by less than this; a row that moves it further does so at once. 0: with every row.',
    schema: { minimum: 0 },
  },
  'table.exec.source.idle-timeout': {
    type: 'duration',
    default: '0 ms',
    meaning:
      'How long a table, or a partition of its topic, has to be without rows until event time does not wait for it; 0: it always does.',
    schema: { minimum: 0 },
  },
  'execution.checkpointing.interval': {
    type: 'duration',
    default: null,
    meaning: 'How long after a checkpoint of a streaming job the next one begins; without it none is taken.',
    schema: { minimum: 10 },
  },
  'execution.checkpointing.dir': {
    type: 'string',
    default: null,
    meaning:
      'The folder for checkpoints; each job has a folder in it, which is removed when the job has succeeded.',
  },
  'execution.checkpointing.num-retained': {
    type: 'integer',
    default: '1',
    meaning: 'How many complete checkpoints of a job are kept.',
    schema: { minimum: 1, maximum: 1000 },
  },
  'execution.checkpointing.incremental': {
    type: 'boolean',
    default: 'false',
    meaning:
      'A checkpoint writes of state by key what has changed since the one before, and refers to the files of that one for the rest.',
  },
  'execution.checkpointing.tolerable-failed-checkpoints': {
    type: 'integer',
    default: null,
    meaning:
      'How many checkpoints in a row may fail (the disk is full) until the job does; by default any number: it goes on, and the last good one stays.',
    schema: { minimum: 0 },
  },
  'execution.checkpointing.savepoint-dir': {
    type: 'string',
    default: null,
    meaning: 'The folder for the savepoints of `millstream stop`, where it names none.',
  },
  'execution.state-recovery.path': {
    type: 'string',
    default: null,
    meaning:
      'The checkpoint that the streaming jobs of the session go on from: its folder, or one with such folders, of which the newest is taken.',
  },
  'execution.state-recovery.ignore-unclaimed-state': {
    type: 'boolean',
    default: 'false',
    meaning:
      'State of that checkpoint which no stage of the statement takes is left out; false: the job is refused.',
  },
  'millstream.state-recovery.take-changed-columns': {
    type: 'boolean',
    default: 'false',
    meaning:
      'State of that checkpoint is taken over where a stage now reads columns that are computed otherwise; false: the job is refused.',
  },
  'restart-strategy.type': {
    type: 'string',
    default: null,
    meaning:
      'When a streaming job that failed begins again by itself, from its last checkpoint: none (off, disable), fixed-delay, failure-rate or exponential-delay; by default exponential-delay where it takes checkpoints, else none.',
    schema: { enum: RESTART_STRATEGIES },
  },
  'restart-strategy.fixed-delay.attempts': {
    type: 'integer',
    default: '1',
    meaning: 'fixed-delay: how often a job begins again.',
    schema: { minimum: 1 },
  },
  'restart-strategy.fixed-delay.delay': {
    type: 'duration',
    default: '1 s',
    meaning: 'fixed-delay: how long it waits before that.',
    schema: { minimum: 0 },
  },
  'restart-strategy.failure-rate.max-failures-per-interval': {
    type: 'integer',
    default: '1',
    meaning: 'failure-rate: how often a job begins again within an interval.',
    schema: { minimum: 1 },
  },
  'restart-strategy.failure-rate.failure-rate-interval': {
    type: 'duration',
    default: '1 min',
    meaning: 'failure-rate: the interval.',
    schema: { exclusiveMinimum: 0 },
  },
  'restart-strategy.failure-rate.delay': {
    type: 'duration',
    default: '1 s',
    meaning: 'failure-rate: how long a job waits before it begins again.',
    schema: { minimum: 0 },
  },
  'restart-strategy.exponential-delay.initial-backoff': {
    type: 'duration',
    default: '1 s',
    meaning: 'exponential-delay: how long a job waits before it begins again for the first time.',
    schema: { minimum: 1 },
  },
  'restart-strategy.exponential-delay.max-backoff': {
    type: 'duration',
    default: '1 min',
    meaning: 'exponential-delay: how long it waits at most.',
    schema: { minimum: 1 },
  },
  'restart-strategy.exponential-delay.backoff-multiplier': {
    type: 'number',
    default: '1.5',
    meaning: 'exponential-delay: by how much each wait is longer than the one before.',
    schema: { minimum: 1 },
  },
  'restart-strategy.exponential-delay.reset-backoff-threshold': {
    type: 'duration',
    default: '1 h',
    meaning: 'exponential-delay: how long a job has to run until its waits begin anew.',
    schema: { minimum: 1 },
  },
  'restart-strategy.exponential-delay.jitter-factor': {
    type: 'number',
    default: '0.1',
    meaning: 'exponential-delay: the share of a wait that is added or taken away by chance.',
    schema: { minimum: 0, maximum: 1 },
  },
  'restart-strategy.exponential-delay.attempts-before-reset-backoff': {
    type: 'integer',
    default: null,
    meaning:
      'exponential-delay: how often a job begins again before its waits begin anew; by default any number of times.',
    schema: { minimum: 1 },
  },
} as const satisfies Readonly<Record<string, Option>>;
