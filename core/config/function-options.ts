/** `millstream.function.<name>.<option>`: options of a function without touching its code. */

/** The decorator's options. None acts yet: each is refused, so that nobody relies on it. */
export const FUNCTION_OPTIONS: readonly string[] = [
  'memory',
  'cpus',
  'gpus',
  'timeout',
  'retry',
  'replay',
  'on_error',
  'concurrency',
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
