/** What is known of a worker that ended, before anybody judges it. */
import type { CapLevel, KillReason } from './api.js';
import type { MemoryKills } from './limits/worker-cap.js';
import type { ProcessExit } from './worker-host.js';
import type { EndCause } from './worker-state.js';

/** What a worker was doing when it ended. */
export interface RunningWork {
  readonly stage: string;
  /** The functions that may have run: one where that is known. */
  readonly functions: readonly string[];
  readonly bundle: number | null;
  /** Rows of the bundle; null in relational stages. */
  readonly rows: number | null;
  /** How many of them were done at the last heartbeat; null where that is not known. */
  readonly finishedRows: number | null;
}

/** Everything known of the end of a worker. */
export interface Evidence {
  readonly worker: string;
  readonly name: string;
  readonly kind: 'function' | 'relational';
  /** The interpreter it ran in. */
  readonly python: string;
  /** Null where no process was made. */
  readonly exit: ProcessExit | null;
  /** Why the core ended it; null: it ended by itself. */
  readonly cause: EndCause | null;
  readonly killReason: KillReason | null;
  /** It had said HELLO. */
  readonly wasReady: boolean;
  /** What kept it from starting, or how it broke the protocol. */
  readonly problem: unknown;
  readonly memoryKills: MemoryKills;
  readonly capBytes: number;
  readonly capLevel: CapLevel;
  readonly peakBytes: number | null;
  readonly running: RunningWork | null;
  /** End of what it wrote to its file descriptor 2: native errors, and the stacks of faulthandler. */
  readonly stderrTail: string;
}
