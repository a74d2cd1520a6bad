import { ConfigurationError } from '../errors.js';

export const MIB = 1024 * 1024;

/**
 * Bytes of a memory size as Flink writes it: an integer and a unit (`256 MB`, `1gb`, `512k`), every unit a power of
 * 1024; without a unit it is bytes.
 * @throws {ConfigurationError} MEMORY_SIZE
 */
export function parseMemory(text: string): number {
  const match = /^(\d+)\s*([a-z]*)$/.exec(text.trim().toLowerCase());
  const factor = match === null ? undefined : UNITS.get(match[2]!);
  const bytes = Number(match?.[1]) * (factor ?? Number.NaN);
  if (!Number.isSafeInteger(bytes)) {
    throw new ConfigurationError('MEMORY_SIZE', `'${text}' is not a memory size.`, {
      hint: "Write a whole number and a unit: '512 KB', '256 MB', '1 GB' (1 KB is 1024 bytes).",
    });
  }
  return bytes;
}

/** A size for people: `333 MiB`, `1.5 GiB`; the shortest of at most one digit after the point. */
export function formatMemory(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  let value = bytes;
  let unit = -1;
  while (value >= 1024 && unit < PRINTED.length - 1) {
    value /= 1024;
    unit += 1;
  }
  return `${value.toFixed(1).replace(/\.0$/, '')} ${PRINTED[unit]}`;
}

/** A size to be set, in a hint: `1332 MiB`, rounded up and as `parseMemory` reads it. */
export function memorySetting(bytes: number): string {
  return `${Math.ceil(bytes / MIB)} MiB`;
}

const PRINTED = ['KiB', 'MiB', 'GiB', 'TiB'];

/** Flink's `MemorySize.MemoryUnit`, and the same with the `i` of the standard. */
const UNITS = new Map<string, number>([
  ['', 1],
  ...['b', 'bytes'].map((unit) => [unit, 1] as const),
  ...['k', 'kb', 'kib', 'kibibytes'].map((unit) => [unit, 1024] as const),
  ...['m', 'mb', 'mib', 'mebibytes'].map((unit) => [unit, MIB] as const),
  ...['g', 'gb', 'gib', 'gibibytes'].map((unit) => [unit, 1024 * MIB] as const),
  ...['t', 'tb', 'tib', 'tebibytes'].map((unit) => [unit, 1024 * 1024 * MIB] as const),
]);
