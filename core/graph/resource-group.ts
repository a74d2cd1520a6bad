/** Which functions share workers, and how many workers a stage has. */
import type { FunctionResolver } from '../plan/function-resolver.js';

/** The group of functions that declare nothing about their resources. */
export const SHARED_GROUP = 'shared';

/** What still parts functions of a named group: no worker runs in two environments. */
const NAMED_OPTIONS = ['resources', 'environment'] as const;

/** Declared options that ask for workers of an own kind. */
const RESOURCE_OPTIONS = ['memory', 'cpus', 'gpus', 'concurrency', 'environment'] as const;

/**
 * The group of a function: `resources="name"` names it; otherwise functions that declare the same memory,
 * cpus, gpus, concurrency and environment share one; those that declare none of it are in `SHARED_GROUP`.
 */
export function resourceGroupOf(functionName: string, functions: FunctionResolver): string {
  const options = functions.declaration(functionName)?.options ?? {};
  const isNamed = typeof options.resources === 'string';
  const isAsync = functions.declaration(functionName)?.isAsync === true;
  const declared = (isNamed ? NAMED_OPTIONS : RESOURCE_OPTIONS).flatMap((name) => {
    const value = options[name];
    return value === undefined || (isAsync && name === 'concurrency') ? [] : [`${name}=${value}`];
  });
  // A call that blocks would hold up the event loop, so async functions are chained with their like only.
  if (isAsync) declared.push('async');
  return declared.length === 0 ? SHARED_GROUP : declared.join(', ');
}

/**
 * Workers for a stage of this function: its declared concurrency, else `standard`. Calls of an async function are
 * many in each worker: its concurrency only limits how many workers there can be.
 */
export function parallelismOf(functionName: string, functions: FunctionResolver, standard: number): number {
  const declaration = functions.declaration(functionName);
  const concurrency = declaration?.options.concurrency;
  if (typeof concurrency !== 'number' || concurrency < 1) return standard;
  return declaration?.isAsync === true ? Math.min(standard, concurrency) : Math.floor(concurrency);
}
