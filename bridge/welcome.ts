/** What a worker is told first. */
import type { BridgeOptions, WorkerSpec } from './api.js';
import type { Welcome } from './protocol/messages.js';

export const DEFAULT_HEARTBEAT_MS = 1_000;

/** The settings of its bridge, and its limits. */
export function welcomeOf(
  { memoryBytes, cpus, processes, openFiles }: WorkerSpec,
  bridge: BridgeOptions,
): Welcome {
  return {
    type: 'welcome',
    limits: { memoryBytes, cpus, processes, openFiles },
    heartbeatMs: bridge.heartbeatMs ?? DEFAULT_HEARTBEAT_MS,
    logLevel: bridge.logLevel ?? 'INFO',
    logLevels: bridge.logLevels ?? {},
    timeZone: bridge.timeZone,
    checksum: bridge.checksum ?? false,
  };
}
