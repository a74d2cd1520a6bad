/** Checkpoints of a streaming job: taken at an interval, and what the job goes on from. */
import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  CheckpointStore,
  type Configuration,
  ConfigurationError,
  type FileSink,
  type Job,
  readCheckpoint,
  SourceError,
  type Stage,
  type StageGraph,
  type StageIdentity,
  type StoredCheckpoint,
} from '../../core/index.js';
import type { Engine } from '../engine.js';
import type { KeptPart } from '../file-output.js';
import { checkpointFolder } from '../ports/checkpoint-folder.js';
import { KeptParts } from '../sinks/rolling-file-sink.js';

/** What a session's settings say of checkpoints. */
export interface CheckpointSettings {
  /** Milliseconds between two; null: none is taken. */
  readonly interval: number | null;
  readonly folder: string | null;
  readonly retained: number;
  /** The checkpoint to go on from; null: the job begins. */
  readonly recovery: string | null;
}

/** Paths are relative to the working directory. */
export function checkpointSettings(
  configuration: Configuration,
  workingDirectory: string,
): CheckpointSettings {
  const path = (text: string | null) =>
    text === null ? null : resolve(workingDirectory, text.replace(/^file:(\/\/)?/, ''));
  return {
    interval: configuration.get('execution.checkpointing.interval'),
    folder: path(configuration.get('execution.checkpointing.dir')),
    retained: configuration.get('execution.checkpointing.num-retained'),
    recovery: path(configuration.get('execution.state-recovery.path')),
  };
}

/** True where a streaming job takes checkpoints, or goes on from one. */
export function hasCheckpoints({ interval, recovery }: CheckpointSettings): boolean {
  return interval !== null || recovery !== null;
}

/** The checkpoints of one run. */
export class Checkpoints {
  readonly #store: CheckpointStore | null;
  readonly #stages: readonly StageIdentity[];
  readonly #sinks: readonly string[];
  readonly #first: number;
  #last: number;

  private constructor(
    private readonly engine: Engine,
    private readonly settings: CheckpointSettings,
    private readonly onNote: (text: string) => void,
    graph: StageGraph,
    /** The parts of each file sink, by stage. */
    readonly kept: ReadonlyMap<string, KeptParts>,
    private from: StoredCheckpoint | null,
  ) {
    const { folder, interval, retained } = settings;
    this.#store =
      interval === null ? null : new CheckpointStore(checkpointFolder(folder!), engine.job.id, retained);
    this.#stages = graph.stages.map(identityOf);
    this.#last = from?.id ?? 0;
    this.#first = this.#last;
    this.#sinks = graph.stages.filter((stage) => stage.output === null).map(({ id }) => id);
  }

  /**
   * Reads what the job goes on from, and shows the files that belong to it.
   * @throws {ConfigurationError} CHECKPOINT_UNSUPPORTED, OPTION_VALUE; {SourceError} CHECKPOINT_NOT_FOUND,
   * CHECKPOINT_DAMAGED, CHECKPOINT_MISMATCH
   */
  static async open(
    graph: StageGraph,
    engine: Engine,
    settings: CheckpointSettings,
    onNote: (text: string) => void,
  ): Promise<Checkpoints> {
    refuseUnsupported(graph);
    if (settings.interval !== null && settings.folder === null) {
      throw new ConfigurationError('OPTION_VALUE', 'Checkpoints need a folder.', {
        hint: "Set 'execution.checkpointing.dir', or take execution.checkpointing.interval away.",
      });
    }
    const { recovery } = settings;
    const restored = recovery === null ? null : await readCheckpoint(checkpointFolder(recovery));
    if (restored !== null) refuseOthers(graph, restored);
    const kept = new Map<string, KeptParts>();
    for (const stage of graph.stages) {
      if (stage.kind !== 'relational' || stage.sink === null) continue;
      const parts = partsIn(restored?.states.get(stage.id) ?? null);
      const ofStage = new KeptParts(stage.sink, parts);
      if (restored !== null) await removeOthers(stage.sink, restored.job, parts);
      await ofStage.show(0);
      kept.set(stage.id, ofStage);
    }
    if (restored !== null) onNote(`going on from checkpoint ${restored.id} of job ${restored.job}`);
    return new Checkpoints(engine, settings, onNote, graph, kept, restored);
  }

  /** What the next attempt of the job goes on from; null: it begins. */
  get restored(): StoredCheckpoint | null {
    return this.from;
  }

  /**
   * The job failed and goes on from its last checkpoint: what came after that is removed. Gives where that is, for people.
   * @throws as `open`
   */
  async recover(): Promise<string> {
    for (const parts of this.kept.values()) {
      await parts.drop(this.#last);
      await parts.show(this.#last);
    }
    if (this.#last === 0) return 'from the beginning';
    if (this.#last !== this.from?.id) this.from = await readCheckpoint(checkpointFolder(this.#lastFolder));
    return `from checkpoint ${this.#last}`;
  }

  get #lastFolder(): string {
    return join(this.settings.folder!, this.engine.job.id, `chk-${this.#last}`);
  }

  /** Takes checkpoints of the job until the returned function is called; it resolves when none is being taken. */
  start(job: Job): () => Promise<void> {
    const { interval } = this.settings;
    const store = this.#store;
    if (interval === null || store === null) return async () => {};
    let taking: Promise<void> = Promise.resolve();
    let isStopped = false;
    let cancel = () => {};
    const again = () => {
      if (isStopped) return;
      cancel = this.engine.timers.after(interval, () => {
        taking = this.#take(job, store).finally(again);
      });
    };
    again();
    return async () => {
      isStopped = true;
      cancel();
      await taking;
    };
  }

  /** The job has succeeded: all files are shown, and nobody goes on from its checkpoints. */
  async succeed(): Promise<void> {
    for (const parts of this.kept.values()) await parts.show(Number.POSITIVE_INFINITY);
    await this.#store?.removeAll();
  }

  /** The job has not: what belongs to no complete checkpoint is removed. */
  async fail(): Promise<void> {
    for (const parts of this.kept.values()) await parts.drop(this.#last);
    if (this.#last === this.#first) return;
    this.onNote(`the last checkpoint: go on from it by -D execution.state-recovery.path=${this.#lastFolder}`);
  }

  async #take(job: Job, store: CheckpointStore): Promise<void> {
    if (job.state !== 'running') return;
    try {
      const checkpoint = await job.checkpoint();
      // A sink that has ended says no more which files are its.
      if (!this.#sinks.every((id) => checkpoint.states.has(id))) return;
      await store.write(checkpoint, this.#stages, this.engine.clock.nowMs());
      this.#last = checkpoint.id;
      for (const parts of this.kept.values()) await parts.show(checkpoint.id);
      await store.retire();
    } catch (error) {
      if (job.state !== 'running') return;
      const why = error instanceof Error ? error.message : String(error);
      this.onNote(`a checkpoint could not be taken, the job goes on: ${why}`);
    }
  }
}

/** Stages whose fingerprints are equal fit each other's state. */
function identityOf(stage: Stage): StageIdentity {
  const { id, description, inputs, kind } = stage;
  return { id, description, fingerprint: JSON.stringify([kind, inputs, meaningOf(stage)]) };
}

function meaningOf(stage: Stage): unknown {
  switch (stage.kind) {
    case 'relational':
      return [stage.sql, stage.sink?.path ?? null];
    case 'stream':
      return stage.operator;
    case 'python':
      return stage.steps;
    case 'source':
    case 'sink':
      return [stage.connector, stage.columns];
  }
}

function refuseOthers(graph: StageGraph, { id, stages }: StoredCheckpoint): void {
  const known = new Map(stages.map((stage) => [stage.id, stage]));
  const other = graph.stages.find(
    (stage) => known.get(stage.id)?.fingerprint !== identityOf(stage).fingerprint,
  );
  if (other === undefined && known.size === graph.stages.length) return;
  const which = other ?? stages.find((stage) => !graph.stages.some((own) => own.id === stage.id))!;
  throw new SourceError(
    'CHECKPOINT_MISMATCH',
    `Checkpoint ${id} is of another query: its stage ${which.id} (${known.get(which.id)?.description ?? 'not there'}) ` +
      `does not fit this job's (${other?.description ?? 'not there'}).`,
    {
      hint: 'Go on with the statement that the checkpoint was taken of, or run this one from its beginning.',
    },
  );
}

/** What keeps a graph from being cut by barriers. */
function refuseUnsupported(graph: StageGraph): void {
  const problem = graph.stages.map(problemOf).find((text) => text !== null);
  const spilled = graph.exchanges.find((exchange) => exchange.mode === 'spill');
  const why = problem ?? (spilled === undefined ? null : `exchange ${spilled.id} is written to a file first`);
  if (why === null) return;
  throw new ConfigurationError('CHECKPOINT_UNSUPPORTED', `This job can take no checkpoints: ${why}.`, {
    hint: 'RESET execution.checkpointing.interval and execution.state-recovery.path, or change the query.',
  });
}

/** Sources that make the rows after the first so many, whenever they are asked. */
const MADE_BY_NUMBER = new Set(['datagen', 'nexmark']);

function problemOf(stage: Stage): string | null {
  if (stage.kind === 'source' && !MADE_BY_NUMBER.has(stage.connector))
    return `table ${stage.table} cannot be read again from its middle`;
  if (stage.kind !== 'relational') return null;
  if (stage.inputs.length === 0 && stage.sink !== null)
    return `stage ${stage.id} reads and writes files in one query`;
  if (stage.sink?.overwrite === true) return 'INSERT OVERWRITE shows its files once, at the end';
  const reads = stage.inputs.length > 0 && stage.files.length > 0;
  return reads ? `stage ${stage.id} reads files beside its input` : null;
}

function partsIn(state: Uint8Array | null): KeptPart[] {
  return state === null ? [] : (JSON.parse(new TextDecoder().decode(state)) as KeptPart[]);
}

/** Parts that a job began after the checkpoint, and left as it was killed. */
async function removeOthers(sink: FileSink, job: string, parts: readonly KeptPart[]): Promise<void> {
  const names = await readdir(sink.path).catch(() => []);
  const own = new Set(parts.map(({ name }) => `.${name}.inprogress`));
  for (const name of names) {
    if (name.startsWith(`.part-${job}-`) && !own.has(name))
      await rm(join(sink.path, name), { recursive: true, force: true });
  }
}
