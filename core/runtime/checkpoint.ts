import { type Deferred, deferred } from './deferred.js';
import type { SnapshotBytes, SnapshotState } from './operator.js';

/** A consistent cut of a job: the state of each stage after exactly the rows before the barrier. */
export interface Checkpoint {
  readonly id: number;
  /** By stage; null for a stage without state, absent for one that had ended. */
  readonly states: ReadonlyMap<string, SnapshotBytes | null>;
}

/** Nobody writes what is left of it to be read. */
export function discardCheckpoint({ states }: Pick<Checkpoint, 'states'>): void {
  for (const state of states.values()) if (state !== null && 'pieces' in state) state.discard();
}

/** Collects what the operators acknowledge. A stage that ends before its barrier counts as done. */
export class CheckpointCollector {
  private readonly pending = new Map<number, Pending>();

  /** @param lastId of the checkpoint before; ids count up from it */
  constructor(private lastId = 0) {}

  /** Begins a checkpoint that `stages` must acknowledge. */
  begin(stages: Iterable<string>): { readonly id: number; readonly complete: Promise<Checkpoint> } {
    const id = ++this.lastId;
    const entry: Pending = { missing: new Set(stages), states: new Map(), done: deferred() };
    this.pending.set(id, entry);
    this.completeIfDone(id, entry);
    return { id, complete: entry.done.promise };
  }

  acknowledge(stage: string, id: number, state: SnapshotState): void {
    const entry = this.pending.get(id);
    if (entry?.missing.delete(stage) !== true) {
      discardCheckpoint({ states: new Map([[stage, state]]) });
      return;
    }
    entry.states.set(stage, state);
    this.completeIfDone(id, entry);
  }

  /** The stage has ended and acknowledges nothing any more. */
  stageEnded(stage: string): void {
    for (const [id, entry] of [...this.pending]) {
      entry.missing.delete(stage);
      this.completeIfDone(id, entry);
    }
  }

  /** Rejects what is pending. */
  fail(error: unknown): void {
    for (const entry of this.pending.values()) {
      entry.done.reject(error);
      discardCheckpoint(entry);
    }
    this.pending.clear();
  }

  private completeIfDone(id: number, entry: Pending): void {
    if (entry.missing.size > 0) return;
    this.pending.delete(id);
    entry.done.resolve({ id, states: entry.states });
  }
}

interface Pending {
  readonly missing: Set<string>;
  readonly states: Map<string, SnapshotBytes | null>;
  readonly done: Deferred<Checkpoint>;
}
