/** The keys that Millstream honours. Keys that Flink knows and we only accept: `flink-options.ts`. */
import { TABLE_NAME } from './parse-table-name.js';

/** Flink's names, each with those that it takes for it. */
const RESTART_STRATEGIES = [
  ...['none', 'off', 'disable'],
  ...['fixed-delay', 'fixeddelay'],
  ...['failure-rate', 'failurerate'],
  ...['exponential-delay', 'exponentialdelay'],
];

/** What a value of each type is once parsed. */
export interface OptionTypes {
  string: string;
  boolean: boolean;
  integer: number;
  number: number;
  /** Milliseconds. */
  duration: number;
  /** Bytes. */
  memory: number;
  /** Values separated by commas (Flink's `python.files`). */
  list: readonly string[];
  /** `key:value,key:value`. */
  map: Readonly<Record<string, string>>;
  /** Maps separated by semicolons (Flink's `pipeline.cached-files`). */
  maps: readonly Readonly<Record<string, string>>[];
}

export type OptionType = keyof OptionTypes;

export interface Option {
  readonly type: OptionType;
  /** As text; null: there is none, `get` gives null. */
  readonly default: string | null;
  readonly meaning: string;
  /** JSON Schema of the parsed value, beyond its type. */
  readonly schema?: Readonly<Record<string, unknown>>;
}

/** Options by key. Order is that of `SET;` and of the documentation. */
export const OPTIONS = {
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
      'Python aggregates that have merge: ONE_PHASE sorts the rows by group first, TWO_PHASE aggregates shares of the rows before that, AUTO does the latter where there is no GROUP BY.',
    schema: { enum: ['AUTO', 'ONE_PHASE', 'TWO_PHASE'] },
  },
  'millstream.optimizer.source-fusion': {
    type: 'string',
    default: 'AUTO',
    meaning:
      'Function workers read Parquet files themselves, where a function is called on rows of a table as they are: AUTO where there are as many workers as cores, ON also with fewer, OFF never.',
    schema: { enum: ['AUTO', 'ON', 'OFF'] },
  },
  'python.executable': {
    type: 'string',
    default: null,
    meaning: 'Python interpreter of the workers (3.10 or later); by default the one of the installation.',
  },
  'python.files': {
    type: 'list',
    default: null,
    meaning:
      'Folders, .py and .zip files in front of the path of Python modules, relative to the working directory.',
  },
  'python.logging.default.level': {
    type: 'string',
    default: 'INFO',
    meaning: 'Lowest level of Python logging that is shown.',
    schema: { enum: ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] },
  },
  'python.logging.level.overrides': {
    type: 'map',
    default: null,
    meaning: "Levels of single Python loggers: 'urllib3:WARNING,model.cache:DEBUG'.",
    schema: { additionalProperties: { enum: ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] } },
  },
  'pipeline.global-job-parameters': {
    type: 'map',
    default: null,
    meaning: "What functions read by get_job_parameter: 'model:small,limit:10'.",
  },
  'pipeline.cached-files': {
    type: 'maps',
    default: null,
    meaning:
      "Files that functions find by name: 'name:weights,path:model/weights.bin', relative to the working directory.",
    schema: { items: { type: 'object', properties: { name: {}, path: {} }, required: ['name', 'path'] } },
  },
  'millstream.replay.save': {
    type: 'boolean',
    default: 'true',
    meaning:
      'The bundle that a function fails on is kept for a week, readable by its owner, for `millstream replay`.',
  },
  'millstream.dead-letter.path': {
    type: 'string',
    default: null,
    meaning:
      "File for the rows that functions with on_error='dead_letter' fail on, one JSON object a line, appended; by " +
      'default dead-letters-<job>.jsonl in the working directory.',
    schema: { minLength: 1 },
  },
  'millstream.dead-letter.table': {
    type: 'string',
    default: null,
    meaning:
      'Table for the same rows, written by its connector and shown together with the other output of the job. The file ' +
      'is then written only where millstream.dead-letter.path names it.',
    schema: { pattern: TABLE_NAME.source },
  },
  'python.requirements': {
    type: 'string',
    default: null,
    meaning:
      "Requirements file of the functions that declare no dependencies; 'file#folder' takes wheels from the folder " +
      'and from nowhere else.',
    schema: { minLength: 1 },
  },
  'python.archives': {
    type: 'list',
    default: null,
    meaning:
      "Archives (zip, tar, tar.gz, tar.bz2, tar.xz, tar.zst) unpacked into the workers' folder: 'path' under its own " +
      "name, 'path#target' under another.",
  },
  'python.systemenv.enabled': {
    type: 'boolean',
    default: 'false',
    meaning:
      'Function workers are given every variable of the environment; false: those every program needs.',
  },
  'millstream.worker.env': {
    type: 'list',
    default: null,
    meaning:
      "Variables for function workers: 'NAME' or 'PREFIX_*' of the environment, 'NAME=value'. Values are not shown.",
  },
  'io.tmp.dirs': {
    type: 'string',
    default: null,
    meaning: "Folder for spilled exchanges and DuckDB's temporary files; by default the system's.",
  },
  'millstream.temporary.disk': {
    type: 'memory',
    default: null,
    meaning:
      'Most bytes on disk of what a job spills, and of what each relational worker does; by default as many as the disk takes.',
    schema: { minimum: 1 },
  },
  'millstream.memory': {
    type: 'memory',
    default: null,
    meaning:
      'Memory for everything that the job runs; by default three quarters of what other jobs leave of the container or machine.',
    schema: { minimum: 1 },
  },
  'millstream.exchange.memory': {
    type: 'memory',
    default: null,
    meaning: 'Memory for batches in flight between stages; by default 10 % of the total, 64 MiB to 1 GiB.',
    schema: { minimum: 1 },
  },
  'millstream.exchange.shared-memory': {
    type: 'boolean',
    default: 'true',
    meaning:
      'Large batches lie in memory that workers share, out of the exchange memory; false copies them through sockets.',
  },
  'millstream.protocol.checksum': {
    type: 'string',
    default: 'off',
    meaning:
      "'on': every message between core and workers carries a CRC-32, so that no change on its way is silent; batches are copied then, not shared.",
    schema: { enum: ['off', 'on'] },
  },
  'millstream.relational.memory': {
    type: 'memory',
    default: null,
    meaning: 'Memory for all relational (DuckDB) workers together.',
    schema: { minimum: 1 },
  },
  'millstream.relational.threads': {
    type: 'integer',
    default: null,
    meaning:
      'Threads of each relational worker; by default the cores of the machine, or a third where it only reads files for functions.',
    schema: { minimum: 1, maximum: 1024 },
  },
  'millstream.python.memory': {
    type: 'memory',
    default: null,
    meaning: 'Memory for all function workers together.',
    schema: { minimum: 1 },
  },
  'millstream.worker.memory': {
    type: 'memory',
    default: null,
    meaning: 'Cap of one function worker; by default an equal share of the memory for function workers.',
    schema: { minimum: 1 },
  },
  'millstream.gpus': {
    type: 'list',
    default: null,
    meaning:
      "Devices that functions may be given, as CUDA_VISIBLE_DEVICES names them: '0,1'; by default those of this process, else of the NVIDIA driver.",
  },
  'millstream.worker.processes': {
    type: 'integer',
    default: '512',
    meaning:
      'Most processes and threads of one function worker, with what its functions start; enforced where the kernel ' +
      'counts them (the pids cgroup).',
    schema: { minimum: 16 },
  },
  'millstream.worker.open-files': {
    type: 'integer',
    default: '4096',
    meaning: 'Most open files of one process of a function worker.',
    schema: { minimum: 64 },
  },
  'millstream.worker.file-size': {
    type: 'memory',
    default: null,
    meaning: 'Most bytes of a file that a function worker writes; by default as many as the disk takes.',
    schema: { minimum: 1 },
  },
  'millstream.worker.start-timeout': {
    type: 'duration',
    default: '30 s',
    meaning: 'How long a worker may take to start.',
    schema: { exclusiveMinimum: 0 },
  },
  'millstream.worker.init-timeout': {
    type: 'duration',
    default: '5 min',
    meaning: 'How long a worker may take to import functions, and to open them.',
    schema: { exclusiveMinimum: 0 },
  },
  'millstream.worker.idle-timeout': {
    type: 'duration',
    default: '5 min',
    meaning:
      'How long a session keeps workers that no statement needs; the processes they are forked from stay, so that the ' +
      'next ones start in milliseconds.',
    schema: { exclusiveMinimum: 0 },
  },
  'millstream.worker.stuck-after': {
    type: 'duration',
    default: '10 s',
    meaning: 'A bundle that makes no progress for this long is reported with its Python stack, and runs on.',
    schema: { exclusiveMinimum: 0 },
  },
  'millstream.worker.recycle.rows': {
    type: 'integer',
    default: null,
    meaning:
      'A function worker that has answered so many rows is replaced by a fresh one, between two bundles.',
    schema: { minimum: 1 },
  },
  'millstream.worker.recycle.age': {
    type: 'duration',
    default: null,
    meaning: 'The same for one that has run for so long.',
    schema: { exclusiveMinimum: 0 },
  },
  'millstream.worker.recycle.memory': {
    type: 'memory',
    default: null,
    meaning: 'The same for one with so much resident memory: for libraries that leak.',
    schema: { minimum: 1 },
  },
  'millstream.worker.zygote': {
    type: 'boolean',
    default: 'true',
    meaning: 'Workers are forked from one process that has imported their libraries; false starts each anew.',
  },
  'millstream.batch.rows': {
    type: 'integer',
    default: '131072',
    meaning: 'Most rows in a batch that a relational stage produces.',
    schema: { minimum: 1, maximum: 1_048_576 },
  },
  'millstream.bundle.answer-memory': {
    type: 'memory',
    default: '64 mb',
    meaning:
      'What a function may answer to one bundle before the rest of the answer waits in a temporary file until it is complete.',
    schema: { minimum: 1 },
  },
  'millstream.isolation': {
    type: 'string',
    default: 'off',
    meaning:
      "What functions are kept from: 'off', nothing but their caps; 'standard', files, network and processes that " +
      "they were not given; 'strict', also rare system calls, and each other. Refused where it cannot be had.",
    schema: { enum: ['off', 'standard', 'strict'] },
  },
  'millstream.isolation.network': {
    type: 'boolean',
    default: 'false',
    meaning: "Isolated functions may use the machine's network.",
  },
  'millstream.isolation.read': {
    type: 'list',
    default: null,
    meaning:
      'Folders and files that isolated functions may read besides their own, relative to the working directory.',
  },
  'millstream.isolation.write': {
    type: 'list',
    default: null,
    meaning:
      'Folders, files and devices that isolated functions may change, relative to the working directory.',
  },
  'millstream.isolation.temporary': {
    type: 'memory',
    default: '256 mb',
    meaning:
      'Most that isolated functions may keep in /tmp, which is in memory and counts against their caps.',
    schema: { minimum: 1 },
  },
  'millstream.resources.required': {
    type: 'string',
    default: 'best',
    meaning:
      "'hard' refuses to run where caps are only watched and not enforced by the system; 'best' takes what there is.",
    schema: { enum: ['best', 'hard'] },
  },
  'millstream.resources.wait': {
    type: 'boolean',
    default: 'true',
    meaning: 'A job waits for memory that other jobs of this user have; false: it fails instead (--no-wait).',
  },
  'millstream.stall-timeout': {
    type: 'duration',
    default: '10 s',
    meaning: 'How long nothing may move in a job whose stages wait for each other before it fails.',
    schema: { exclusiveMinimum: 0 },
  },
} as const satisfies Readonly<Record<string, Option>>;

export type OptionKey = keyof typeof OPTIONS;

/** The parsed value of an option; null where it is not set and has no default. */
export type OptionValue<K extends OptionKey> =
  | OptionTypes[(typeof OPTIONS)[K]['type']]
  | ((typeof OPTIONS)[K]['default'] extends null ? null : never);
