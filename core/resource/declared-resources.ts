import { formatMemory } from './parse-memory.js';

/** What functions say of the workers that they want; null: they leave it open. */
export interface DeclaredResources {
  /** Hard cap of each worker. */
  readonly memoryBytes: number | null;
  /** Cores of each worker, fractions allowed. */
  readonly cpus: number | null;
  /** Devices of each worker: a part of one, or a whole number. */
  readonly gpus: number | null;
}

export const NOTHING_DECLARED: DeclaredResources = { memoryBytes: null, cpus: null, gpus: null };

/** The resources among the options of a function. */
export function declaredResources(options: Readonly<Record<string, unknown>>): DeclaredResources {
  const number = (name: string): number | null => {
    const value = options[name];
    return typeof value === 'number' ? value : null;
  };
  return { memoryBytes: number('memory'), cpus: number('cpus'), gpus: number('gpus') };
}

/** `256 MiB, 0.5 cores, 1 GPU`: what is declared, for people; empty where nothing is. */
export function formatResources({ memoryBytes, cpus, gpus }: DeclaredResources): string {
  return [
    ...(memoryBytes === null ? [] : [formatMemory(memoryBytes)]),
    ...(cpus === null ? [] : [`${cpus} ${cpus === 1 ? 'core' : 'cores'}`]),
    ...(gpus === null ? [] : [`${gpus} ${gpus === 1 ? 'GPU' : 'GPUs'}`]),
  ].join(', ');
}
