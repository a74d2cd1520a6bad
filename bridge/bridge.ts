/** Starts workers and keeps them. One bridge serves one job or session. */
import type { BridgeOptions, CapLevel, Worker, WorkerSpec } from './api.js';

export declare class Bridge {
  readonly capLevel: CapLevel;
  static start(options: BridgeOptions): Bridge;
  prepare(kind: 'function' | 'relational'): void;
  startWorker(spec: WorkerSpec): Promise<Worker>;
  close(): Promise<void>;
}
