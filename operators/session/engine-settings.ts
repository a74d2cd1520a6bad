/** Which options the engine is built from, so that a SET between two statements takes effect. */
import type { Configuration, OptionKey } from '../../core/index.js';

/** Read once, when workers start; every other option is read for each statement. */
const ENGINE_OPTIONS: readonly OptionKey[] = [
  'io.tmp.dirs',
  'millstream.exchange.memory',
  'millstream.exchange.shared-memory',
  'millstream.gpus',
  'millstream.isolation',
  'millstream.isolation.network',
  'millstream.isolation.read',
  'millstream.isolation.temporary',
  'millstream.isolation.write',
  'millstream.memory',
  'millstream.python.memory',
  'millstream.relational.memory',
  'millstream.resources.required',
  'millstream.worker.env',
  'millstream.worker.idle-timeout',
  'millstream.worker.file-size',
  'millstream.worker.init-timeout',
  'millstream.worker.memory',
  'millstream.worker.open-files',
  'millstream.worker.processes',
  'millstream.worker.recycle.age',
  'millstream.worker.recycle.memory',
  'millstream.worker.recycle.rows',
  'millstream.worker.start-timeout',
  'millstream.worker.stuck-after',
  'millstream.worker.zygote',
  'parallelism.default',
  'python.archives',
  'python.executable',
  'python.files',
  'python.logging.default.level',
  'python.logging.level.overrides',
  'python.systemenv.enabled',
  'table.local-time-zone',
];

/** Text that differs where an engine would be built otherwise. */
export function engineSettings(configuration: Configuration): string {
  return JSON.stringify(ENGINE_OPTIONS.map((key) => configuration.text(key)));
}
