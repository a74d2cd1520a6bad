/** Options for bridges in tests: real clock and timers, log lines kept, short graces. */

import { type BridgeOptions, findPython, type WorkerLog, type WorkerSpec } from '../../../bridge/index.js';
import { type Clock, SchemaRegistry, type Timers } from '../../../core/index.js';

export const clock: Clock = { nowMs: () => Date.now(), monotonicNs: () => process.hrtime.bigint() };

export const timers: Timers = {
  after(delayMs, callback) {
    const timer = setTimeout(callback, delayMs).unref();
    return () => clearTimeout(timer);
  },
};

export const fixtureFolder = new URL('../../fixtures/workers/', import.meta.url).pathname;

/** The interpreter of the tests. */
export const python = (await findPython({ configured: null })).executable;

export function bridgeOptions(
  changes: Partial<BridgeOptions> = {},
): BridgeOptions & { readonly schemas: SchemaRegistry; readonly logs: WorkerLog[] } {
  const logs: WorkerLog[] = [];
  return {
    clock,
    timers,
    schemas: new SchemaRegistry(),
    python,
    timeZone: 'UTC',
    heartbeatMs: 50,
    onLog: (entry) => logs.push(entry),
    graces: { shutdownMs: 1_000, terminateMs: 500 },
    logs,
    ...changes,
  };
}

export function workerSpec(changes: Partial<WorkerSpec> = {}): WorkerSpec {
  return {
    kind: 'function',
    name: 'test',
    memoryBytes: 256 << 20,
    cpus: null,
    processes: null,
    openFiles: null,
    fileBytes: null,
    workingDirectory: process.cwd(),
    python: null,
    sandbox: null,
    inherited: null,
    environment: {},
    ...changes,
  };
}
