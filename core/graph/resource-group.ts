/** Which functions share workers, and how many workers a stage has. */
import type { FunctionResolver } from '../plan/function-resolver.js';
import { type Concurrency, parseConcurrency } from '../resource/concurrency.js';
import { formatMemory } from '../resource/parse-memory.js';

/** The group of functions that declare nothing about their resources. */
export const SHARED_GROUP = 'shared';

/** What still parts functions of a named group: no worker runs in two environments, nor in two sandboxes. */
const NAMED_OPTIONS = ['resources', 'environment', 'sandbox'] as const;

/** Declared options that ask for workers of an own kind. */
const WORKER_OPTIONS = ['memory', 'cpus', 'gpus', 'environment', 'sandbox'] as const;

/** Declared options that part stages: functions that run in different numbers of workers are no chain. */
const RESOURCE_OPTIONS = ['memory', 'cpus', 'gpus', 'concurrency', 'environment', 'sandbox'] as const;

/**
 * Which functions may be steps of one stage: `resources="name"` says so; otherwise functions that declare the same
 * memory, cpus, gpus, concurrency and environment may; those that declare none of it are in `SHARED_GROUP`.
 */
export function resourceGroupOf(functionName: string, functions: FunctionResolver): string {
  const options = functions.declaration(functionName)?.options ?? {};
  const isNamed = typeof options.resources === 'string';
  const isAsync = functions.declaration(functionName)?.isAsync === true;
  const names: readonly string[] = isNamed ? NAMED_OPTIONS : RESOURCE_OPTIONS;
  const declared = valuesOf(
    options,
    names.filter((name) => !isAsync || name !== 'concurrency'),
  );
  // A call that blocks would hold up the event loop, so async functions are chained with their like only.
  if (isAsync) declared.push('async');
  return declared.length === 0 ? SHARED_GROUP : declared.join(', ');
}

/**
 * Which workers a function runs in: functions of one `resources` name, or of equal memory, cpus and gpus, share them
 * with each other, and those that declare none of it share `SHARED_GROUP`, or that of their environment.
 */
export function workerGroupOf(functionName: string, functions: FunctionResolver): string {
  const options = functions.declaration(functionName)?.options ?? {};
  const names = typeof options.resources === 'string' ? NAMED_OPTIONS : WORKER_OPTIONS;
  const declared = valuesOf(options, names);
  const isOpen = names.every((name) => isOfPlace(name) || options[name] === undefined);
  return (isOpen ? [SHARED_GROUP, ...declared] : declared).join(', ');
}

/** True for a group of functions that declare nothing about their resources. */
export function isSharedGroup(group: string): boolean {
  return group === SHARED_GROUP || group.startsWith(`${SHARED_GROUP}, `);
}

/** Options that say where workers run, and nothing of what they need. */
function isOfPlace(option: string): boolean {
  return option === 'environment' || option === 'sandbox';
}

function valuesOf(options: Readonly<Record<string, unknown>>, names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const value = options[name];
    if (value === undefined) return [];
    return [`${name}=${name === 'memory' && typeof value === 'number' ? formatMemory(value) : value}`];
  });
}

/**
 * Workers for a stage of this function: its declared concurrency, else up to `standard` as its memory allows. Calls
 * of an async function are many in each worker: its concurrency only limits how many workers there can be.
 */
export function concurrencyOf(
  functionName: string,
  functions: FunctionResolver,
  standard: number,
): Concurrency {
  const declaration = functions.declaration(functionName);
  const declared = parseConcurrency(String(declaration?.options.concurrency ?? ''));
  if (declared === null) return { least: 1, most: standard };
  if (declaration?.isAsync === true) return { least: 1, most: Math.min(standard, declared.most) };
  return declared;
}
