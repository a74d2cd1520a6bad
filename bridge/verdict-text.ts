/** The parts of sentences that verdicts are made of. */
import { type ErrorDetails, WorkerError } from '../core/index.js';
import type { Evidence, RunningWork } from './evidence.js';
import type { ProcessExit } from './worker-host.js';

interface Extras {
  readonly hint: string;
  readonly traceback?: string | null;
  readonly function?: string | null;
  readonly cause?: unknown;
}

/** The error, with the place that the evidence knows. */
export function verdictError(evidence: Evidence, code: string, message: string, extras: Extras): WorkerError {
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

/** Worker, stage, bundle and function. */
export function details(evidence: Evidence): Partial<ErrorDetails> {
  const { running } = evidence;
  return {
    worker: evidence.worker,
    stage: running?.stage ?? null,
    bundle: running?.bundle ?? null,
    function: running?.functions.length === 1 ? running.functions[0]! : null,
  };
}

/** The worker, as the subject of a sentence. */
export function who(evidence: Evidence, atStart = true): string {
  return `${atStart ? 'Worker' : 'worker'} ${evidence.worker} (${evidence.name})`;
}

/** What ran, as a part of a sentence that begins with a space. */
export function doing(evidence: Evidence): string {
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
  const rows =
    running.rows === null
      ? ''
      : ` of ${running.rows} ${running.rows === 1 ? 'row' : 'rows'}${doneOf(running)}`;
  return `${work} in stage ${running.stage}${bundle}${bundle === '' ? '' : rows}`;
}

/** From the last heartbeat, so that it may be more by now. */
function doneOf({ finishedRows }: RunningWork): string {
  return finishedRows === null || finishedRows === 0 ? '' : `, at least ${finishedRows} of them done`;
}

/** How it ended, as a part of a sentence that begins with a space. */
export function how(exit: ProcessExit | null): string {
  return exit === null
    ? ''
    : exit.signal === null
      ? ` with exit code ${exit.exitCode}`
      : ` by ${exit.signal}`;
}

/** The end of what it wrote to its stderr; empty where there is nothing. */
export function lastWords(evidence: Evidence): string {
  const tail = evidence.stderrTail.trim();
  return tail === '' ? '' : ` The end of its stderr:\n${tail.split('\n').slice(-40).join('\n')}`;
}
