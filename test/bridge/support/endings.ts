/** The ways in which a worker or a bundle ends badly (`fixtures/workers/endings.py`), and the verdict on each. */
import type { Bridge, CapLevel } from '../../../bridge/index.js';
import type { MillstreamError, SchemaRegistry } from '../../../core/index.js';
import { columnGroup } from './arrow.js';
import { fixtureFolder, workerSpec } from './bridge-options.js';
import { scalarStage } from './stages.js';

/** A function of `endings.py` and what must be said of it. */
export interface Ending {
  readonly function: string;
  readonly code: string;
  readonly message: RegExp;
  /** Time limit of the bundle. */
  readonly timeoutMs?: number;
}

const OF_BUNDLE = 'stage, bundle 7 of 3 rows';

export const ENDINGS: readonly Ending[] = [
  {
    function: 'fill_memory',
    code: 'WORKER_OOM',
    message: new RegExp(`160 MiB of memory.*${OF_BUNDLE}.*used 1`),
  },
  { function: 'fill_memory_in_child', code: 'WORKER_OOM', message: /ran out of its 160 MiB/ },
  { function: 'ask_for_too_much', code: 'WORKER_MEMORY', message: /in row 0 .*MemoryError at endings.py/ },
  {
    function: 'ask_arrow_for_too_much',
    code: 'WORKER_MEMORY',
    message: /ArrowMemoryError: malloc of size/,
  },
  { function: 'be_killed', code: 'WORKER_KILLED', message: /from outside with SIGKILL/ },
  { function: 'be_asked_to_end', code: 'WORKER_KILLED', message: /from outside with SIGTERM/ },
  { function: 'sleep', code: 'UDF_TIMEOUT', message: /did not finish within 0.1 s/, timeoutMs: 100 },
  { function: 'loop', code: 'UDF_TIMEOUT', message: /did not finish within 0.1 s/, timeoutMs: 100 },
  { function: 'wait_in_native_code', code: 'UDF_TIMEOUT', message: /did not finish within/, timeoutMs: 100 },
  { function: 'use_up_processor_time', code: 'UDF_TIMEOUT', message: /used up the processor time/ },
  { function: 'read_nowhere', code: 'WORKER_CRASH', message: new RegExp(`with SIGSEGV.*${OF_BUNDLE}`) },
  { function: 'overflow_the_native_stack', code: 'WORKER_CRASH', message: /crashed with SIGSEGV/ },
  { function: 'abort', code: 'WORKER_CRASH', message: /crashed with SIGABRT/ },
  { function: 'meet_an_unknown_instruction', code: 'WORKER_CRASH', message: /crashed with SIGILL/ },
  { function: 'divide_by_zero', code: 'WORKER_CRASH', message: /crashed with SIGFPE/ },
  { function: 'read_a_file_that_was_cut_off', code: 'WORKER_CRASH', message: /crashed with SIGBUS/ },
  { function: 'call_sys_exit', code: 'UDF_EXIT', message: /called sys.exit\(4\)/ },
  { function: 'leave', code: 'WORKER_EXIT', message: /by itself with exit code 3/ },
  { function: 'leave_as_if_killed', code: 'WORKER_EXIT', message: /exit code 137 \(what a shell says/ },
  { function: 'become_another_program', code: 'WORKER_EXIT', message: /exit code 0 \(as if all were done\)/ },
  {
    function: 'open_too_many_files',
    code: 'WORKER_OPEN_FILES',
    message: /open_too_many_files` failed .*Too many open files/,
  },
  { function: 'write_a_large_file', code: 'WORKER_FILE_SIZE', message: /File too large at endings.py/ },
  { function: 'raise_an_exception', code: 'UDF_EXCEPTION', message: /ValueError: not wanted/ },
];

/** Where the kernel counts processes. */
export const ENDINGS_OF_PROCESSES: readonly Ending[] = [
  {
    function: 'start_too_many_processes',
    code: 'WORKER_PROCESSES',
    message: /Resource temporarily unavailable/,
  },
  { function: 'start_too_many_threads', code: 'WORKER_PROCESSES', message: /can't start new thread/ },
];

const LIMITS = { processes: 40, openFiles: 200, fileBytes: 4 << 20 };

/** Endings that the way of capping decides. */
export const ENDINGS_OF_CAPS = ENDINGS.filter(({ code }) => code === 'WORKER_OOM');

/** Runs a bundle of three rows to its bad end in a worker of its own. */
export async function endingOf(
  bridge: Bridge,
  schemas: SchemaRegistry,
  { function: name, timeoutMs }: Ending,
): Promise<MillstreamError> {
  const worker = await bridge.startWorker(workerSpec({ name, memoryBytes: 160 << 20, ...LIMITS }));
  await worker.loadFunctions([fixtureFolder], [{ name, target: `endings.${name}` }]);
  const stage = await worker.openFunctionStage(scalarStage(name), timeoutMs ?? null);
  const groups = [columnGroup(schemas, { a: Float64Array.of(1, 2, 3), b: Float64Array.of(1, 1, 1) })];
  try {
    await stage.process({ sequence: 7, rows: 3, groups, continued: false });
  } catch (error) {
    await worker.stop();
    return error as MillstreamError;
  }
  throw new Error(`${name} did not end badly`);
}

/** The levels of caps to provoke verdicts under: the best of the machine, and the one that every machine has. */
export function levelsToTry(best: CapLevel): readonly CapLevel[] {
  return [...new Set<CapLevel>([best, 'watchdog'])];
}
