/** Why a worker ended, from the evidence: a pure function. The user never meets a bare "exit 137". */
import {
  CancelledError,
  EnvironmentError,
  type ErrorDetails,
  formatMemory,
  MIB,
  MIN_FUNCTION_WORKER_BYTES,
  MIN_RELATIONAL_WORKER_BYTES,
  type MillstreamError,
  WorkerError,
} from '../core/index.js';
import type { CapLevel, KillReason } from './api.js';
import { crashStack } from './crash-report.js';
import { missingPackage } from './missing-package.js';
import type { ProcessExit } from './worker-host.js';
import type { EndCause } from './worker-state.js';

/** What a worker was doing when it ended. */
export interface RunningWork {
  readonly stage: string;
  /** The functions that may have run: one where that is known. */
  readonly functions: readonly string[];
  readonly bundle: number | null;
  /** Rows of the bundle; null in relational stages. */
  readonly rows: number | null;
}

/** Everything known of the end of a worker. */
export interface Evidence {
  readonly worker: string;
  readonly name: string;
  readonly kind: 'function' | 'relational';
  /** The interpreter it ran in. */
  readonly python: string;
  /** Null where no process was made. */
  readonly exit: ProcessExit | null;
  /** Why the core ended it; null: it ended by itself. */
  readonly cause: EndCause | null;
  readonly killReason: KillReason | null;
  /** It had said HELLO. */
  readonly wasReady: boolean;
  /** What kept it from starting, or how it broke the protocol. */
  readonly problem: unknown;
  /** Processes of it killed for memory. */
  readonly memoryKills: number;
  /** Processes of others killed for memory by the kernel while it ran. */
  readonly hostMemoryKills: number;
  readonly capBytes: number;
  readonly capLevel: CapLevel;
  readonly peakBytes: number | null;
  readonly running: RunningWork | null;
  /** End of what it wrote to its file descriptor 2: native errors, and the stacks of faulthandler. */
  readonly stderrTail: string;
}

/** The verdict; null where the worker ended because it was asked to. */
export function verdictOf(evidence: Evidence): MillstreamError | null {
  const { cause, exit } = evidence;
  if (cause === 'stop') {
    return null;
  }
  if (evidence.memoryKills > 0) {
    return outOfMemory(evidence);
  }
  if (cause === 'kill') {
    return killed(evidence);
  }
  if (cause === 'refused' && evidence.wasReady) {
    return brokeProtocol(evidence);
  }
  if (exit === null || cause !== null) {
    return notStarted(evidence);
  }
  if (exit.signal !== null) {
    return endedBySignal(evidence, exit, exit.signal);
  }
  return evidence.wasReady ? endedByItself(evidence, exit) : notStarted(evidence);
}

function outOfMemory(evidence: Evidence): MillstreamError {
  const cap = formatMemory(evidence.capBytes);
  const peak = evidence.peakBytes === null ? '' : ` It used ${formatMemory(evidence.peakBytes)}.`;
  const sampled = evidence.capLevel === 'watchdog' ? ' (sampled every 25 ms)' : '';
  const what = `${who(evidence)} ran out of its ${cap} of memory${sampled}${doing(evidence)}.${peak}`;
  return evidence.wasReady
    ? error(evidence, 'WORKER_OOM', what, { hint: moreMemory(evidence, cap) })
    : error(evidence, 'WORKER_OOM', `${what} It had not started yet.`, { hint: leastMemory(evidence) });
}

function moreMemory(evidence: Evidence, cap: string): string {
  if (evidence.kind === 'relational') {
    return `Raise millstream.memory: this stage was given ${cap} of it.`;
  }
  const double = `${Math.ceil(evidence.capBytes / MIB) * 2} MB`;
  return `Raise the cap of function workers (now ${cap}): SET 'millstream.worker.memory' = '${double}'.`;
}

function leastMemory(evidence: Evidence): string {
  const least = evidence.kind === 'function' ? MIN_FUNCTION_WORKER_BYTES : MIN_RELATIONAL_WORKER_BYTES;
  return `Give it at least ${formatMemory(Math.max(least, evidence.capBytes * 2))}.`;
}

function killed(evidence: Evidence): MillstreamError {
  const reason = evidence.killReason;
  if (reason?.kind === 'init') {
    return notInitialised(evidence, reason);
  }
  if (reason?.kind !== 'timeout') {
    return new CancelledError('CANCELLED', `${who(evidence)} was killed, because the job was cancelled.`, {
      details: details(evidence),
    });
  }
  const code = reason.function === null ? 'WORKER_TIMEOUT' : 'UDF_TIMEOUT';
  const subject = reason.function === null ? who(evidence) : `Function ${reason.function}`;
  const limit = `${reason.timeoutMs / 1000} s`;
  return error(
    evidence,
    code,
    `${subject} did not finish within ${limit}${doing(evidence)}; its worker was killed.`,
    {
      hint: 'Raise timeout on the function, or look at its Python stack for what it waits for.',
      traceback: reason.stack,
      function: reason.function,
    },
  );
}

function notInitialised(evidence: Evidence, reason: Extract<KillReason, { kind: 'init' }>): MillstreamError {
  const names = reason.functions.join(', ');
  const message = `Importing or opening ${names} did not end within ${reason.timeoutMs / 1000} s; the worker was killed.`;
  return error(evidence, 'WORKER_INIT_TIMEOUT', message, {
    hint:
      'Its Python stack says what it waits for. Where it only takes long (a large model), ' +
      "SET 'millstream.worker.init-timeout' = '10 min'.",
    traceback: reason.stack,
    function: reason.functions.length === 1 ? reason.functions[0]! : null,
  });
}

function notStarted(evidence: Evidence): MillstreamError {
  const { problem } = evidence;
  if (problem instanceof EnvironmentError || problem instanceof WorkerError) {
    return problem;
  }
  const missing = missingPackage(evidence.python, evidence.stderrTail);
  if (missing !== null) {
    return missing;
  }
  const reason =
    problem instanceof Error
      ? problem.message
      : evidence.cause === 'hello-timeout'
        ? 'It did not report in time.'
        : `It ended${how(evidence.exit)} before it was ready.`;
  return error(
    evidence,
    'WORKER_START',
    `${who(evidence)} could not start. ${reason}${lastWords(evidence)}`,
    {
      hint: 'Run `millstream doctor`, which checks the interpreter, its packages and the limits.',
      cause: problem,
    },
  );
}

function brokeProtocol(evidence: Evidence): MillstreamError {
  const { problem } = evidence;
  const reason = problem instanceof Error ? ` ${problem.message}` : '';
  return error(
    evidence,
    'WORKER_PROTOCOL',
    `${who(evidence)} was ended${doing(evidence)}, because it broke the protocol.${reason}`,
    {
      hint: 'Make sure that the worker runs the same version of millstream; otherwise please report this.',
      cause: problem,
    },
  );
}

const CRASH_SIGNALS = new Set(['SIGSEGV', 'SIGBUS', 'SIGABRT', 'SIGILL', 'SIGFPE', 'SIGSYS', 'SIGTRAP']);

function endedBySignal(evidence: Evidence, exit: ProcessExit, signal: string): MillstreamError {
  if (CRASH_SIGNALS.has(signal)) {
    return error(evidence, 'WORKER_CRASH', `${who(evidence)} crashed with ${signal}${doing(evidence)}.`, {
      hint: 'Native code failed, not Python: find the library in the stack and try it outside of Millstream.',
      traceback: crashStack(evidence.stderrTail),
    });
  }
  if (exit.hostLost) {
    return error(
      evidence,
      'WORKER_KILLED',
      `${who(evidence)} ended because the process that forks workers ended${doing(evidence)}.`,
      {
        hint: 'Something outside of Millstream killed it, or the machine ran out of memory; run the job again.',
      },
    );
  }
  if (signal === 'SIGKILL' && evidence.hostMemoryKills > 0) {
    return error(
      evidence,
      'HOST_OOM',
      `The machine ran out of memory and the kernel killed ${who(evidence, false)}${doing(evidence)}, ` +
        `which was below its own cap of ${formatMemory(evidence.capBytes)}.`,
      {
        hint: 'Run fewer workers at a time, lower millstream.memory, or close other programs.',
      },
    );
  }
  return error(
    evidence,
    'WORKER_KILLED',
    `${who(evidence)} was killed from outside with ${signal}${doing(evidence)}.`,
    {
      hint: 'Neither Millstream nor its memory cap did it: look for another program that ends processes.',
    },
  );
}

function endedByItself(evidence: Evidence, exit: ProcessExit): MillstreamError {
  return error(
    evidence,
    'WORKER_EXIT',
    `${who(evidence)} ended by itself with exit code ${exit.exitCode}${doing(evidence)}.${lastWords(evidence)}`,
    {
      hint: 'User code must not end its process: look for os._exit and for libraries that call exit.',
    },
  );
}

interface Extras {
  readonly hint: string;
  readonly traceback?: string | null;
  readonly function?: string | null;
  readonly cause?: unknown;
}

function error(evidence: Evidence, code: string, message: string, extras: Extras): WorkerError {
  const place = details(evidence);
  return new WorkerError(code, message, {
    hint: extras.hint,
    details: {
      ...place,
      function: extras.function ?? place.function ?? null,
      traceback: extras.traceback ?? null,
    },
    cause: extras.cause instanceof Error ? extras.cause : undefined,
  });
}

function details(evidence: Evidence): Partial<ErrorDetails> {
  const { running } = evidence;
  return {
    worker: evidence.worker,
    stage: running?.stage ?? null,
    bundle: running?.bundle ?? null,
    function: running?.functions.length === 1 ? running.functions[0]! : null,
  };
}

function who(evidence: Evidence, atStart = true): string {
  return `${atStart ? 'Worker' : 'worker'} ${evidence.worker} (${evidence.name})`;
}

/** What ran, as a part of a sentence that begins with a space. */
function doing(evidence: Evidence): string {
  const { running } = evidence;
  if (running === null) {
    return '';
  }
  const [first, ...others] = running.functions;
  const work =
    first === undefined
      ? ' while it ran a query'
      : others.length === 0
        ? ` while it ran function ${first}`
        : ` while it ran one of the functions ${running.functions.join(', ')}`;
  const bundle = running.bundle === null ? '' : `, bundle ${running.bundle}`;
  const rows = running.rows === null ? '' : ` of ${running.rows} rows`;
  return `${work} in stage ${running.stage}${bundle}${bundle === '' ? '' : rows}`;
}

function how(exit: ProcessExit | null): string {
  return exit === null
    ? ''
    : exit.signal === null
      ? ` with exit code ${exit.exitCode}`
      : ` by ${exit.signal}`;
}

function lastWords(evidence: Evidence): string {
  const tail = evidence.stderrTail.trim();
  return tail === '' ? '' : ` The end of its stderr:\n${tail.split('\n').slice(-40).join('\n')}`;
}
