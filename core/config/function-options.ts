/** `millstream.function.<name>.<option>`: options of a function without touching its code. They win over the decorator. */
import { parseMemory } from '../resource/parse-memory.js';
import { parseDuration } from './parse-duration.js';

/** Options of a function that act; the others of the decorator are refused. */
export const FUNCTION_OPTIONS = {
  memory: {
    parse: parseMemory,
    meaning: 'Cap of each worker that runs the function, which then has workers of its own.',
  },
  timeout: { parse: parseDuration, meaning: 'Longest time of one bundle; the worker is killed after it.' },
  concurrency: { parse: positiveInteger, meaning: 'Workers that run the function.' },
} as const;

export type FunctionOption = keyof typeof FUNCTION_OPTIONS;

/** Options of functions that do not act yet. */
export const LATER_FUNCTION_OPTIONS: readonly string[] = [
  'cpus',
  'gpus',
  'retry',
  'replay',
  'on_error',
  'rate',
  'batch_rows',
  'packages',
  'python',
  'resources',
];

/** The function and option that a key names; null for other keys. The option may be one that does not exist. */
export function functionKey(key: string): { readonly function: string; readonly option: string } | null {
  const match = /^millstream\.function\.(.+)\.([^.]+)$/.exec(key);
  return match === null ? null : { function: match[1]!, option: match[2]! };
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text.trim()) || value < 1)
    throw new RangeError(`'${text}' is not a whole number above 0`);
  return value;
}
