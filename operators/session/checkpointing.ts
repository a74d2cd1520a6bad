/** Checkpoints of a streaming job: taken at an interval, and what the job goes on from. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import {
  CancelledError,
  type Checkpoint,
  type CheckpointedJob,
  CheckpointStore,
  ConfigurationError,
  claimState,
  discardCheckpoint,
  filesWrittenBy,
  fromJsonBytes,
  type Job,
  readCheckpoint,
  reasonOf,
  SinkError,
  SourceError,
  type StageGraph,
  type StageIdentity,
  type StoredCheckpoint,
  writeCheckpoint,
} from '../../core/index.js';
import type { Engine } from '../engine.js';
import type { KeptPart } from '../file-output.js';
import { checkpointFolder } from '../ports/checkpoint-folder.js';
import { KeptParts } from '../sinks/rolling-file-sink.js';
import { Cadence } from './cadence.js';
import type { CheckpointSettings } from './checkpoint-settings.js';
import { refuseUnsupported } from './checkpoint-support.js';
import { claimNotes, refuseMisfits } from './claim-texts.js';
import { behindFresh } from './reopened-stages.js';
import { identitiesOf } from './stage-identity.js';

/** What a run goes on from. */
export interface RestoredState {
  readonly id: number;
  /** As `CheckpointedJob`. */
  readonly origin: string;
  readonly states: ReadonlyMap<string, Uint8Array | null>;
}

/** What checkpoints need beside the graph. */
export interface CheckpointParts {
  readonly engine: Engine;
  readonly settings: CheckpointSettings;
  /** The plan of the job as EXPLAIN prints it. */
  readonly plan: () => string;
  readonly onNote: (text: string) => void;
}

/** What ends a job: a checkpoint of its own, or a savepoint in a folder; null: in that of its settings. */
export type LastCheckpoint = 'checkpoint' | { readonly savepoint: string | null };

/** The checkpoints of one run, all attempts of it. */
export class Checkpoints {
  readonly #store: CheckpointStore | null;
  readonly #job: CheckpointedJob;
  readonly #first: number;
  #last: number;
  /** Where that is, once it was taken here. */
  #lastFolder = '';
  /** Since the last checkpoint that could be taken. */
  #failures = 0;
  #restored: RestoredState | null;
  /** Null where none are taken at an interval. */
  #cadence: Cadence | null = null;

  private constructor(
    private readonly parts: CheckpointParts,
    stages: readonly StageIdentity[],
    /** The parts of each file sink, by stage. */
    readonly kept: ReadonlyMap<string, KeptParts>,
    restored: RestoredState | null,
  ) {
    const { engine, settings, plan } = parts;
    const { folder, interval, retained, isIncremental } = settings;
    this.#job = {
      job: engine.job.id,
      origin: restored?.origin ?? engine.job.id,
      stages,
      plan: plan(),
    };
    this.#store =
      interval === null
        ? null
        : new CheckpointStore(checkpointFolder(folder!), this.#job, retained, isIncremental);
    this.#restored = restored;
    this.#last = restored?.id ?? 0;
    this.#first = this.#last;
  }

  /**
   * Reads what the job goes on from, and shows the files that belong to it.
   * @throws {ConfigurationError} CHECKPOINT_UNSUPPORTED, OPTION_VALUE; {SourceError} CHECKPOINT_NOT_FOUND,
   * CHECKPOINT_DAMAGED, CHECKPOINT_MISMATCH
   */
  static async open(graph: StageGraph, parts: CheckpointParts): Promise<Checkpoints> {
    const { settings, onNote } = parts;
    refuseUnsupported(graph);
    if (settings.interval !== null && settings.folder === null) {
      throw new ConfigurationError('OPTION_VALUE', 'Checkpoints need a folder.', {
        hint: "Set 'execution.checkpointing.dir', or take execution.checkpointing.interval away.",
      });
    }
    const { recovery } = settings;
    const stored = recovery === null ? null : await readCheckpoint(checkpointFolder(recovery));
    const stages = identitiesOf(graph);
    const restored = stored === null ? null : claimed(stored, graph, stages, settings, onNote);
    const kept = new Map<string, KeptParts>();
    for (const stage of graph.stages) {
      const files = filesWrittenBy(stage);
      if (files === null) continue;
      const shown = partsIn(restored?.states.get(stage.id) ?? null);
      kept.set(stage.id, new KeptParts(files, stored?.origin ?? parts.engine.job.id, onNote, shown));
    }
    if (stored !== null) await removeOthers(kept);
    for (const ofStage of kept.values()) await ofStage.show(0);
    if (stored !== null) onNote(`going on from checkpoint ${stored.id} of job ${stored.job}`);
    return new Checkpoints(parts, stages, kept, restored);
  }

  /** What the next attempt of the job goes on from; null: it begins. */
  get restored(): RestoredState | null {
    return this.#restored;
  }

  /**
   * The job failed and goes on from its last checkpoint: what came after that is removed. Gives where that is, for people.
   * @throws as `open`
   */
  async recover(): Promise<string> {
    this.#failures = 0;
    for (const parts of this.kept.values()) {
      await parts.drop(this.#last);
      await parts.show(this.#last);
    }
    await removeOthers(this.kept);
    if (this.#last === 0) return 'from the beginning';
    if (this.#last !== this.#restored?.id) {
      const stored = await readCheckpoint(checkpointFolder(this.#lastFolder));
      const { id, origin } = stored;
      this.#restored = { id, origin, states: claimState(stored.stages, this.#job.stages, true).states };
    }
    return `from checkpoint ${this.#last}`;
  }

  /** Takes checkpoints of the job until the returned function is called; it resolves when none is being taken. */
  start(job: Job): () => Promise<void> {
    const { interval } = this.parts.settings;
    const store = this.#store;
    if (interval === null || store === null) {
      job.finishing.then(() => job.endSinks());
      return async () => {};
    }
    const cadence = new Cadence(this.parts.engine.timers, interval, () => this.#take(job, store));
    this.#cadence = cadence;
    // The sinks wait for it.
    job.finishing.then(() => cadence.hasten());
    return () => cadence.end();
  }

  /** Resolves when no checkpoint is being taken at an interval. */
  get settled(): Promise<void> {
    return this.#cadence?.settled ?? Promise.resolve();
  }

  /**
   * Ends the job by a last checkpoint, behind which no row is read. Gives its folder.
   * @throws {ConfigurationError} SAVEPOINT_UNSUPPORTED, {SinkError} SAVEPOINT_WRITE, {SourceError} SAVEPOINT_ENDING; the
   * job goes on
   */
  async stop(job: Job, by: LastCheckpoint): Promise<string> {
    const savepoint = this.#savepointFolder(by);
    await this.#cadence?.pause();
    try {
      if (isEnding(job) || job.state === 'finished') throw ending();
      const checkpoint = await job.checkpoint(true);
      if (isEnding(job)) {
        discardCheckpoint(checkpoint);
        throw ending();
      }
      const path = await this.#writeLast(checkpoint, savepoint);
      await this.#show(checkpoint.id);
      job.checkpointCompleted(checkpoint.id);
      // Who went on from one before this would write rows again that are shown now.
      await this.#removed(savepoint === null ? this.#store?.retire() : this.#store?.removeAll());
      job.cancel(new CancelledError('JOB_SUSPENDED', `The job was stopped with ${path}.`));
      this.parts.onNote(`stopped with a last checkpoint: go on from it by ${recoveryFrom(path)}`);
      return path;
    } catch (error) {
      job.goOn();
      this.#cadence?.goOn();
      throw error;
    }
  }

  /** The job has succeeded: all files are shown, and nobody goes on from its checkpoints. */
  async succeed(): Promise<void> {
    await this.#show(Number.POSITIVE_INFINITY);
    await removeOthers(this.kept);
    await this.#store?.removeAll();
  }

  /** The job has not: what belongs to no complete checkpoint is removed. */
  async fail(): Promise<void> {
    for (const parts of this.kept.values()) await parts.drop(this.#last);
    await removeOthers(this.kept);
    if (this.#last === this.#first) return this.#store?.removeAll();
    this.parts.onNote(`the last checkpoint: go on from it by ${recoveryFrom(this.#lastFolder)}`);
  }

  /** The folder that a savepoint is put into; null: it is one of the job's checkpoints. */
  #savepointFolder(by: LastCheckpoint): string | null {
    if (by === 'checkpoint' && this.#store !== null) return null;
    const folder = (by === 'checkpoint' ? null : by.savepoint) ?? this.parts.settings.savepoints;
    if (folder !== null) return folder;
    throw new ConfigurationError('SAVEPOINT_UNSUPPORTED', 'No folder is named for the savepoint.', {
      hint: 'Name one (`millstream stop JOB --savepoint DIR`), or set execution.checkpointing.savepoint-dir for the job.',
    });
  }

  /** The checkpoint is complete: a failure goes on from it. */
  #completed(
    { id }: Checkpoint,
    folder = join(this.parts.settings.folder!, this.#job.job, `chk-${id}`),
  ): string {
    this.#last = id;
    this.#lastFolder = folder;
    return folder;
  }

  /** What cannot be removed is told: the checkpoint that took its place is good. */
  async #removed(removal: Promise<void> | undefined): Promise<void> {
    try {
      await removal;
    } catch (error) {
      const { folder } = this.parts.settings;
      this.parts.onNote(
        `checkpoints before the last one could not be removed from ${join(folder!, this.#job.job)}; do not go on from them: ${reasonOf(error)}`,
      );
    }
  }

  /** The parts of the checkpoint outlive this process from here on. */
  #release(checkpointId: number): void {
    for (const parts of this.kept.values()) parts.release(checkpointId);
  }

  /** Before sinks are told that it is complete: the next one does not know the parts of a sink that has ended by that. */
  async #show(checkpointId: number): Promise<void> {
    for (const parts of this.kept.values()) await parts.show(checkpointId);
  }

  async #take(job: Job, store: CheckpointStore): Promise<void> {
    if (!isTaken(job)) return;
    try {
      const checkpoint = await job.checkpoint();
      await store.write(checkpoint, this.parts.engine.clock.nowMs(), () => this.#release(checkpoint.id));
      this.#completed(checkpoint);
      await this.#show(checkpoint.id);
      job.checkpointCompleted(checkpoint.id);
      await this.#removed(store.retire());
      this.#failures = 0;
    } catch (error) {
      if (isTaken(job)) this.#failed(job, error);
    }
  }

  #failed(job: Job, error: unknown): void {
    this.#failures += 1;
    const { tolerated } = this.parts.settings;
    if (tolerated === null || this.#failures <= tolerated) {
      const { folder } = this.parts.settings;
      this.parts.onNote(
        `a checkpoint could not be taken to ${folder}, the job goes on and the last good one stays: ${reasonOf(error)}`,
      );
      return;
    }
    const count = this.#failures === 1 ? 'A checkpoint' : `${this.#failures} checkpoints in a row`;
    const message = `${count} could not be taken: ${reasonOf(error)}.`;
    job.abandon(
      new SinkError('CHECKPOINT_FAILED', message, {
        hint: 'The last good one stays. Free space, or raise execution.checkpointing.tolerable-failed-checkpoints.',
        cause: error,
      }),
    );
  }

  async #writeLast(checkpoint: Checkpoint, savepoint: string | null): Promise<string> {
    const now = this.parts.engine.clock.nowMs();
    const folder = savepoint ?? join(this.parts.settings.folder!, this.#job.job);
    const release = () => this.#release(checkpoint.id);
    try {
      if (savepoint === null) {
        await this.#store!.write(checkpoint, now, release, true);
        return this.#completed(checkpoint);
      }
      const name = `savepoint-${this.#job.job.slice(0, 6)}-${randomUUID().slice(0, 12).replace('-', '')}`;
      await writeCheckpoint(checkpointFolder(savepoint), name, checkpoint, this.#job, now, release);
      return this.#completed(checkpoint, join(savepoint, name));
    } catch (error) {
      throw new SinkError(
        'SAVEPOINT_WRITE',
        `No savepoint can be written to ${folder}: ${reasonOf(error)}.`,
        {
          hint: 'The job goes on. Name a folder that can be written and has room.',
          cause: error,
        },
      );
    }
  }
}

function isTaken(job: Job): boolean {
  return job.state === 'running' || isEnding(job);
}

function isEnding({ state }: Job): boolean {
  return state === 'finishing';
}

/** The option that goes on from a checkpoint, as the command line takes it. */
export function recoveryFrom(path: string): string {
  return `-D execution.state-recovery.path=${path}`;
}

/** True for what a job ends with that was stopped by a last checkpoint. */
export function isSuspended(reason: unknown): boolean {
  return reason instanceof CancelledError && reason.code === 'JOB_SUSPENDED';
}

/** @throws {SourceError} CHECKPOINT_MISMATCH */
function claimed(
  stored: StoredCheckpoint,
  graph: StageGraph,
  stages: readonly StageIdentity[],
  { ignoresUnclaimed, takesChanged }: CheckpointSettings,
  onNote: (text: string) => void,
): RestoredState {
  const found = claimState(stored.stages, stages, takesChanged);
  if (!ignoresUnclaimed) refuseMisfits(stored, found);
  for (const note of claimNotes(stored, found)) onNote(note);
  const anew = [...found.fresh, ...found.refused.map(({ stage }) => stage)];
  const begun = behindFresh(graph, new Set(anew.map(({ id }) => id)));
  const open = new Map([...begun].map((id) => [id, null]));
  return { id: stored.id, origin: stored.origin, states: new Map([...open, ...found.states]) };
}

function ending(): SourceError {
  return new SourceError('SAVEPOINT_ENDING', 'The sources of the job have ended: it ends by itself.', {
    hint: 'There is nothing to go on from.',
  });
}

/** Several sinks may write into one folder. */
async function removeOthers(kept: ReadonlyMap<string, KeptParts>): Promise<void> {
  const all = [...kept.values()].flatMap((parts) => parts.all);
  for (const parts of kept.values()) await parts.removeOthers(all);
}

function partsIn(state: Uint8Array | null): KeptPart[] {
  return state === null ? [] : fromJsonBytes<KeptPart[]>(state);
}
