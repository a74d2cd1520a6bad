/** A worker process that speaks the worker protocol over a simulated connection, until it is killed. */
import { DataSession } from '../../../bridge/data-session.js';
import { type DataFrames, decodeData, encodeHeader } from '../../../bridge/protocol/frames.js';
import type { BundleEnd } from '../../../bridge/protocol/messages.js';
import { type ColumnGroup, SchemaRegistry } from '../../../core/index.js';
import type { ManualClock } from '../../support/manual-clock.js';
import type { SeededRandom } from '../../support/seeded-random.js';
import { Connection } from './network.js';
import { decodeNumbers, encodeNumbers } from './number-batches.js';

/** What all workers of a simulated job share. */
export interface World {
  readonly clock: ManualClock;
  readonly random: SeededRandom;
  /** Of the job, in the core. */
  readonly schemas: SchemaRegistry;
  /** What happened, for the replay of a seed to be compared. */
  readonly trace: string[];
  nextEpoch: number;
}

/** The frames of a batch as they came. */
export type ReceivedBatch = Extract<DataFrames, { groups: unknown }>;

export abstract class WorkerModel {
  readonly epoch: number;
  readonly connection: Connection;
  isAlive = true;
  /** The numbers of schemas in this worker are its own in both directions. */
  protected readonly schemas = new SchemaRegistry();
  private readonly received = new Map<number, number>();
  private readonly sent = new Set<number>();

  constructor(
    protected readonly world: World,
    protected readonly wireName: string,
  ) {
    this.epoch = world.nextEpoch++;
    this.connection = new Connection(world.clock, world.random);
    this.connection.worker.onMessage = (frames) => this.onFrames(frames);
  }

  /** The core's session with this worker. */
  openSession(onBroken: (error: unknown) => void): Promise<DataSession> {
    return DataSession.open({
      endpoint: `sim://${this.epoch}`,
      epoch: this.epoch,
      schemas: this.world.schemas,
      sharedMemory: null,
      checksum: false,
      onBroken,
      openChannel: (options) => this.connection.open(options),
    });
  }

  /** The process ends here and now. */
  die(): void {
    this.isAlive = false;
    this.world.trace.push(`${this.world.clock.nowMs().toFixed(3)} worker ${this.epoch} dies`);
    this.connection.killWorker();
  }

  protected abstract onData(data: DataFrames): void;

  protected send(message: object, frames: readonly Uint8Array[] = []): void {
    if (this.isAlive) this.connection.worker.send([...encodeHeader(message), ...frames]);
  }

  /** A batch of one group with these values, as the answer to `sequence`. */
  protected sendNumbers(
    sequence: number,
    values: readonly number[],
    rowSelection: Int32Array | null,
    done: BundleEnd | null = null,
  ): number {
    const { schema, message } = encodeNumbers(values, this.schemas).groups[0]!;
    if (!this.sent.has(schema)) {
      this.sent.add(schema);
      this.send({ type: 'schema', id: schema }, [this.schemas.message(schema)]);
    }
    const header = {
      ...this.place(sequence),
      type: 'batch',
      input: 0,
      rows: values.length,
      groups: [{ schema, rows: values.length, hasSelection: false, block: null }],
      hasRowSelection: rowSelection !== null,
      continued: false,
      notCalled: null,
      split: null,
      done,
      mayJoin: false,
    };
    const selection = rowSelection === null ? [] : [new Uint8Array(rowSelection.buffer)];
    this.send(header, [...selection, message]);
    return message.byteLength;
  }

  protected place(sequence: number) {
    return { stage: this.wireName, epoch: this.epoch, sequence };
  }

  /** The values of a received group. */
  protected numbersOf({ message, groups }: ReceivedBatch, index: number): number[] {
    const { schema, rows } = message.groups[index]!;
    const group: ColumnGroup = {
      ...groups[index]!,
      schema: this.received.get(schema)!,
      shared: null,
      messageRows: rows,
    };
    return decodeNumbers(group, this.schemas);
  }

  private onFrames(frames: readonly Uint8Array[]): void {
    const data = decodeData(frames);
    if ('schema' in data) this.received.set(data.message.id, this.schemas.register(data.schema));
    else this.onData(data);
  }
}
