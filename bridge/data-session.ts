/** The data connection of one worker: schemas before their first use, batches to the stage that they belong to. */
import {
  type Batch,
  type ColumnGroup,
  InternalError,
  releaseGroups,
  type SchemaRegistry,
  validateRecordBatchMessage,
} from '../core/index.js';
import { Channel, type ChannelPort, type OpenChannel } from './channel.js';
import { checkedFrames, withChecksum } from './protocol/checksum.js';
import {
  type BatchPlace,
  type DataFrames,
  decodeData,
  encodeBatch,
  encodeHeader,
  encodeSchema,
  MAX_FRAME_BYTES,
} from './protocol/frames.js';
import type { BatchMessage, Block, Credit, Done, End, Failed, FailedRows } from './protocol/messages.js';
import { SharedBlock } from './shared-memory/shared-block.js';
import type { SharedMemory } from './shared-memory/shared-memory.js';
import type { WorkerMemory } from './shared-memory/worker-memory.js';

/** A batch as it came, with schema numbers of the job. */
export interface ReceivedBatch {
  readonly type: 'batch';
  readonly message: BatchMessage;
  readonly rowSelection: Int32Array | null;
  readonly groups: readonly ColumnGroup[];
}

/** What a stage is told by its worker. */
export type StageMessage = ReceivedBatch | Done | FailedRows | Failed | End | Credit;

/**
 * An open stage; an exception means that the worker broke the protocol. Nothing more of the worker is read before what it
 * returns has resolved.
 */
export type StageReceiver = (message: StageMessage) => Promise<void> | undefined;

/** What a data session needs. */
export interface DataSessionOptions {
  readonly endpoint: string;
  readonly epoch: number;
  readonly schemas: SchemaRegistry;
  /** Where large batches may lie; null: all of them go inline. */
  readonly sharedMemory: SharedMemory | null;
  /** Messages end with a checksum, in both directions. */
  readonly checksum: boolean;
  /** The worker broke the protocol, or the connection failed: nothing more of it is read. */
  readonly onBroken: (error: unknown) => void;
  /** A socket of ZeroMQ by default. */
  readonly openChannel?: OpenChannel;
}

/** Column groups from this size on lie in shared memory: below it a descriptor costs as much as the copies. */
const LEAST_SHARED_BYTES = 64 << 10;

export class DataSession {
  readonly #options: DataSessionOptions;
  readonly #receivers = new Map<string, StageReceiver>();
  /** Schemas that the worker has; the job's own numbers serve in this direction. */
  readonly #sentSchemas = new Set<number>();
  /** The worker's numbers → the job's. */
  readonly #receivedSchemas = new Map<number, number>();
  readonly #memory: WorkerMemory | null;
  #channel: ChannelPort | null = null;
  #lateFrames = 0;
  #isBroken = false;

  private constructor(options: DataSessionOptions) {
    this.#options = options;
    const send = (message: object) => void this.#send(encodeHeader(message));
    this.#memory = options.sharedMemory?.join(options.epoch, send) ?? null;
  }

  static async open(options: DataSessionOptions): Promise<DataSession> {
    const session = new DataSession(options);
    const { openChannel = Channel.open } = options;
    session.#channel = await openChannel({
      endpoint: options.endpoint,
      maxFrameBytes: MAX_FRAME_BYTES,
      onMessage: (frames) => session.#onMessage(frames),
      onError: options.onBroken,
    });
    return session;
  }

  /** Messages for stages that are closed, or of another epoch; they were dropped. */
  get lateFrames(): number {
    return this.#lateFrames;
  }

  /** Delivers messages of `stage`; the returned function ends that. */
  attach(stage: string, receiver: StageReceiver): () => void {
    this.#receivers.set(stage, receiver);
    return () => {
      this.#receivers.delete(stage);
    };
  }

  /** Resolves when ZeroMQ has the batch. Calls keep their order. */
  async sendBatch(
    place: Omit<BatchPlace, 'epoch'>,
    batch: Pick<Batch, 'rows' | 'groups' | 'continued'>,
  ): Promise<void> {
    for (const group of batch.groups) {
      if (!this.#sentSchemas.has(group.schema)) {
        this.#sentSchemas.add(group.schema);
        void this.#send(encodeSchema(group.schema, this.#options.schemas.message(group.schema)));
      }
    }
    await this.#send(
      encodeBatch({ ...place, epoch: this.#options.epoch }, batch, ({ shared }) =>
        shared instanceof SharedBlock ? (this.#memory?.ship(shared) ?? null) : null,
      ),
    );
  }

  sendCredit(stage: string, bytes: number): void {
    const credit: Credit = { type: 'credit', stage, epoch: this.#options.epoch, input: 0, bytes };
    void this.#send(encodeHeader(credit));
  }

  sendEnd(stage: string, input: number): Promise<void> {
    const end: End = { type: 'end', stage, epoch: this.#options.epoch, input, statistics: null };
    return this.#send(encodeHeader(end));
  }

  close(): void {
    this.#channel?.close();
    this.#receivers.clear();
    this.#memory?.end();
  }

  /** A failed send means that the session was closed: the worker's end settles what waits for an answer. */
  #send(frames: readonly Uint8Array[]): Promise<void> {
    const sent = this.#options.checksum ? withChecksum(frames) : frames;
    return this.#channel?.send(sent).catch(() => undefined) ?? Promise.resolve();
  }

  #onMessage(frames: readonly Uint8Array[]): Promise<void> | undefined {
    // The worker's end is still to come: what it says until then, as that a stage has ended well, is not believed.
    if (this.#isBroken) return undefined;
    try {
      return this.#dispatch(decodeData(this.#options.checksum ? checkedFrames(frames) : frames));
    } catch (error) {
      this.#isBroken = true;
      this.#options.onBroken(error);
      return undefined;
    }
  }

  #dispatch(data: DataFrames): Promise<void> | undefined {
    if ('schema' in data) {
      this.#receivedSchemas.set(data.message.id, this.#options.schemas.register(data.schema));
      return undefined;
    }
    if ('groups' in data) return this.#onBatch(data);
    const { message } = data;
    if (message.type === 'release') this.#memory?.onRelease(message);
    else return this.#receiver(message)?.(message);
    return undefined;
  }

  /**
   * Blocks are taken up also of what comes late for a closed stage: they are to be given back. What another epoch sent
   * is not looked at: its schemas and blocks are not those of this worker.
   */
  #onBatch(data: ReceivedFrames): Promise<void> | undefined {
    if (data.message.epoch !== this.#options.epoch) {
      this.#lateFrames += 1;
      return undefined;
    }
    const groups = data.message.groups.map((_, index) => this.#columnGroup(data, index));
    const receiver = this.#receiver(data.message);
    if (receiver !== null) {
      const { message, rowSelection } = data;
      return receiver({ type: 'batch', message, rowSelection, groups });
    }
    releaseGroups(groups);
    return undefined;
  }

  /** The stage that a message is for; null, and counted, where the message is late. */
  #receiver({ stage, epoch }: { readonly stage: string; readonly epoch: number }): StageReceiver | null {
    const receiver = this.#receivers.get(stage);
    if (epoch === this.#options.epoch && receiver !== undefined) return receiver;
    this.#lateFrames += 1;
    return null;
  }

  #columnGroup(data: ReceivedFrames, index: number): ColumnGroup {
    const wire = data.message.groups[index]!;
    const { message, selection } = data.groups[index]!;
    const schema = this.#receivedSchemas.get(wire.schema);
    if (schema === undefined) {
      throw new InternalError(
        'PROTOCOL_SCHEMA',
        `A worker sent a batch of schema ${wire.schema} before that schema.`,
      );
    }
    const shared = this.#takeUp(wire.block, message);
    const outsideBytes = (shared?.byteLength ?? message.byteLength) - message.byteLength;
    const layout = this.#options.schemas.layout(schema);
    const { rows } = validateRecordBatchMessage(message, layout, outsideBytes);
    if (rows !== wire.rows) {
      throw new InternalError('PROTOCOL_ROWS', `A worker announced ${wire.rows} rows and sent ${rows}.`);
    }
    return { schema, message, shared, messageRows: rows, selection };
  }

  #takeUp(block: Block | null, message: Uint8Array): SharedBlock | null {
    if (block === null) {
      if (message.byteLength >= LEAST_SHARED_BYTES) this.#memory?.onInline();
      return null;
    }
    if (this.#memory === null) {
      throw new InternalError('PROTOCOL_BLOCK', 'A worker sent a block, but was given no shared memory.');
    }
    return this.#memory.admit(block);
  }
}

type ReceivedFrames = Extract<DataFrames, { groups: unknown }>;
