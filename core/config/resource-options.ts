/** Memory and processes of a job: how much there is, what workers may use, and what functions are kept from. */
import type { Option } from './option.js';

export const RESOURCE_OPTIONS = {
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
