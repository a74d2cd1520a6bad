import { type Deferred, deferred } from './deferred.js';
import type { SnapshotBytes, SnapshotState } from './operator.js';

/** A consistent cut of a job: the state of each stage after exactly the rows before the barrier. */
export interface Checkpoint {
  readonly id: number;
  /** By stage; null for a stage without state, absent for one that had ended. */
  readonly states: ReadonlyMap<string, SnapshotBytes | null>;
}

/** Collects what the operators acknowledge. A stage that ends before its barrier counts as done. */
export class CheckpointCollector {
  private readonly pending = new Map<number, Pending>();

  /** @param lastId of the checkpoint before; ids count up from it */
  constructor(private lastId = 0) {}

  /** Begins a checkpoint that `stages` must acknowledge. */
  begin(stages: Iterable<string>): { readonly id: number; readonly complete: Promise<Checkpoint> } {
    const id = ++this.lastId;
    const entry: Pending = {
      missing: new Set(stages),
      writing: new Set(),
      states: new Map(),
      done: deferred(),
    };
    this.pending.set(id, entry);
    this.completeIfDone(id, entry);
    return { id, complete: entry.done.promise };
  }

  /** Where the state is still being written, the checkpoint waits for it, and fails with it. */
  acknowledge(stage: string, id: number, state: SnapshotState): void {
    const entry = this.pending.get(id);
    if (entry === undefined) {
      // Nobody waits for it any more.
      if (state instanceof Promise) state.catch(() => undefined);
    } else if (state instanceof Promise) {
      entry.writing.add(stage);
      state.then(
        (bytes) => this.acknowledge(stage, id, bytes),
        (error: unknown) => this.failOne(id, error),
      );
    } else if (entry.missing.delete(stage)) {
      entry.states.set(stage, state);
      this.completeIfDone(id, entry);
    }
  }

  /** The stage has ended and acknowledges nothing any more. */
  stageEnded(stage: string): void {
    for (const [id, entry] of [...this.pending]) {
      if (!entry.writing.has(stage)) entry.missing.delete(stage);
      this.completeIfDone(id, entry);
    }
  }

  /** Rejects what is pending. */
  fail(error: unknown): void {
    for (const entry of this.pending.values()) entry.done.reject(error);
    this.pending.clear();
  }

  private failOne(id: number, error: unknown): void {
    this.pending.get(id)?.done.reject(error);
    this.pending.delete(id);
  }

  private completeIfDone(id: number, entry: Pending): void {
    if (entry.missing.size > 0) return;
    this.pending.delete(id);
    entry.done.resolve({ id, states: entry.states });
  }
}

interface Pending {
  readonly missing: Set<string>;
  /** Those of them that have said that theirs is being written. */
  readonly writing: Set<string>;
  readonly states: Map<string, SnapshotBytes | null>;
  readonly done: Deferred<Checkpoint>;
}
