/** Guesses from the command line which zygotes a job will need, and starts them before the engine is loaded. */
import { readFileSync } from 'node:fs';
import { choosePython, EarlyZygotes, type ZygoteKind } from '../bridge/index.js';

/** Keys that say by which Python, or how, workers start: then the session alone decides. */
const DECIDES_OTHERWISE = /python\.executable|millstream\.worker\.zygote|millstream\.isolation/;
/** SQL that makes a Python function, or a job file that lists functions. */
const HAS_FUNCTIONS = /\bLANGUAGE\s+PYTHON\b|^\s*"?functions"?\s*:/im;
/** Options that take a value, which is not the job. */
const TAKES_VALUE = /^(-D|--define|-e|--execute|--mode|--format)$/;

/**
 * Starts the zygotes; null where none is needed or it cannot be said yet. A wrong guess costs processor time and
 * nothing else. The caller closes what is returned.
 * @param args of the command line
 */
export function earlyZygotes(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): EarlyZygotes | null {
  const kinds = process.platform === 'linux' ? likelyKinds(args) : [];
  if (kinds.length === 0) return null;
  return EarlyZygotes.start(choosePython({ configured: null, environment }).executable, kinds);
}

/** Which zygotes the command will need, as far as its arguments and its job's text tell. */
export function likelyKinds(args: readonly string[]): ZygoteKind[] {
  const [command, ...rest] = args;
  if (rest.some((arg) => DECIDES_OTHERWISE.test(arg) || /^(-h|--help)$/.test(arg))) return [];
  if (command === 'udf' && rest[0] === 'try') return ['function', 'relational'];
  if (command !== 'run') return [];
  const text = jobText(rest);
  if (text === null || DECIDES_OTHERWISE.test(text)) return [];
  return HAS_FUNCTIONS.test(text) ? ['function', 'relational'] : ['relational'];
}

/** SQL or job file; null where it is read from elsewhere (standard input), is a program, or cannot be read. */
function jobText(args: readonly string[]): string | null {
  const execute = args.findIndex((arg) => arg === '-e' || arg === '--execute');
  if (execute >= 0) return args[execute + 1] ?? null;
  const job = args.find((arg, i) => !arg.startsWith('-') && !TAKES_VALUE.test(args[i - 1] ?? ''));
  if (job === undefined || !/\.(sql|ya?ml|json)$/i.test(job)) return null;
  try {
    return readFileSync(job, 'utf8');
  } catch {
    return null;
  }
}
