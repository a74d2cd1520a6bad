/** Why a worker ended, from the evidence: a pure function. The user never meets a bare "exit 137". */
import {
  CancelledError,
  EnvironmentError,
  formatMemory,
  MIB,
  MIN_FUNCTION_WORKER_BYTES,
  MIN_RELATIONAL_WORKER_BYTES,
  type MillstreamError,
  WorkerError,
} from '../core/index.js';
import type { KillReason } from './api.js';
import { crashStack } from './crash-report.js';
import type { Evidence } from './evidence.js';
import { exitCodeMeaning, signalMeaning } from './exit-meaning.js';
import { missingPackage } from './missing-package.js';
import { details, doing, how, lastWords, verdictError, who } from './verdict-text.js';
import type { ProcessExit } from './worker-host.js';

/** The verdict; null where the worker ended because it was asked to. */
export function verdictOf(evidence: Evidence): MillstreamError | null {
  const { cause, exit } = evidence;
  if (cause === 'stop') {
    return null;
  }
  if (evidence.memoryKills.atCap > 0) {
    return outOfMemory(evidence);
  }
  // Under the watchdog the kernel does not say whom it killed: then the signal must fit.
  if (
    evidence.memoryKills.belowCap > 0 &&
    (cause === 'memory' || (cause === null && exit?.signal === 'SIGKILL'))
  ) {
    return machineOutOfMemory(evidence);
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
    ? verdictError(evidence, 'WORKER_OOM', what, { hint: moreMemory(evidence, cap) })
    : verdictError(evidence, 'WORKER_OOM', `${what} It had not started yet.`, {
        hint: leastMemory(evidence),
      });
}

function machineOutOfMemory(evidence: Evidence): MillstreamError {
  const { peakBytes, capBytes } = evidence;
  const used = peakBytes === null ? 'which was below' : `which had used ${formatMemory(peakBytes)} of`;
  return verdictError(
    evidence,
    'HOST_OOM',
    'The machine, or the container that Millstream runs in, ran out of memory, and the kernel killed ' +
      `${who(evidence, false)}${doing(evidence)}, ${used} its own cap of ${formatMemory(capBytes)}.`,
    {
      hint: "Run fewer workers at a time ('parallelism.default'), lower 'millstream.memory', or close other programs.",
    },
  );
}

function moreMemory(evidence: Evidence, cap: string): string {
  if (evidence.kind === 'relational') {
    return `Raise millstream.memory: this stage was given ${cap} of it.`;
  }
  const double = `${Math.ceil(evidence.capBytes / MIB) * 2} MB`;
  return `Raise the cap of function workers (now ${cap}): SET 'millstream.worker.memory' = '${double}'.${smallerBundles(evidence)}`;
}

/** Bundles with fewer have no memory to give. */
const MANY_ROWS = 1_000;

function smallerBundles({ running }: Evidence): string {
  const rows = running?.rows ?? 0;
  return rows < MANY_ROWS ? '' : ` Or lower 'millstream.batch.rows': the bundle had ${rows} rows.`;
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
  return verdictError(
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

/** The kernel's limit of a process, which is nobody's of ours. */
function usedUpProcessorTime(evidence: Evidence): MillstreamError {
  const name = evidence.running?.functions.length === 1 ? evidence.running.functions[0]! : null;
  return verdictError(
    evidence,
    name === null ? 'WORKER_TIMEOUT' : 'UDF_TIMEOUT',
    `${who(evidence)} used up the processor time that a process may take here (SIGXCPU)${doing(evidence)}.`,
    {
      hint: 'The limit is set outside of Millstream, by `ulimit -t` or by user code: raise it there.',
      traceback: crashStack(evidence.stderrTail),
    },
  );
}

function notInitialised(evidence: Evidence, reason: Extract<KillReason, { kind: 'init' }>): MillstreamError {
  const names = reason.functions.join(', ');
  const message = `Importing or opening ${names} did not end within ${reason.timeoutMs / 1000} s; the worker was killed.`;
  return verdictError(evidence, 'WORKER_INIT_TIMEOUT', message, {
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
  return verdictError(
    evidence,
    'WORKER_START',
    `${who(evidence)} could not start. ${reason}${lastWords(evidence)}`,
    {
      hint: 'Run `millstream doctor`, which checks the interpreter, its packages and the limits.',
      cause: problem,
    },
  );
}

/** Of a harness that could not go on talking to its core; `EXIT_PROTOCOL` of `_worker/process.py`. */
const EXIT_PROTOCOL = 70;

function brokeProtocol(evidence: Evidence): MillstreamError {
  const { problem } = evidence;
  const reason = problem instanceof Error ? ` ${problem.message}` : lastWords(evidence);
  return verdictError(
    evidence,
    'WORKER_PROTOCOL',
    `${who(evidence)} was ended${doing(evidence)}, because it broke the protocol.${reason}`,
    {
      hint: 'Make sure that the worker runs the same version of millstream; otherwise please report this.',
      cause: problem,
    },
  );
}

function endedBySignal(evidence: Evidence, exit: ProcessExit, signal: string): MillstreamError {
  if (signal === 'SIGXCPU') {
    return usedUpProcessorTime(evidence);
  }
  const { isCrash, text } = signalMeaning(signal);
  if (isCrash) {
    return verdictError(
      evidence,
      'WORKER_CRASH',
      `${who(evidence)} crashed with ${signal}${doing(evidence)}.`,
      {
        hint: `${text} Native code failed, not Python: find the library in the stack and try it outside of Millstream.`,
        traceback: crashStack(evidence.stderrTail),
      },
    );
  }
  if (exit.hostLost) {
    return verdictError(
      evidence,
      'WORKER_KILLED',
      `${who(evidence)} ended because the process that forks workers ended${doing(evidence)}.`,
      {
        hint: 'Something outside of Millstream killed it, or the machine ran out of memory; run the job again.',
      },
    );
  }
  return verdictError(
    evidence,
    'WORKER_KILLED',
    `${who(evidence)} was killed from outside with ${signal}${doing(evidence)}.`,
    {
      hint: `${signal === 'SIGKILL' ? '' : `${text} `}Neither Millstream nor its memory cap did it: look for another program that ends processes.`,
    },
  );
}

function endedByItself(evidence: Evidence, exit: ProcessExit): MillstreamError {
  if (exit.exitCode === EXIT_PROTOCOL) return brokeProtocol(evidence);
  return verdictError(
    evidence,
    'WORKER_EXIT',
    `${who(evidence)} ended by itself with exit code ${exit.exitCode}${exitCodeMeaning(exit.exitCode)}${doing(evidence)}.${lastWords(evidence)}`,
    {
      hint: 'User code must not end its process: look for os._exit and for libraries that call exit.',
    },
  );
}
