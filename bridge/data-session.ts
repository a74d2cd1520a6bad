/** The data connection of one worker: schemas before their first use, batches to the stage that they belong to. */
import {
  type Batch,
  type ColumnGroup,
  InternalError,
  type SchemaRegistry,
  validateRecordBatchMessage,
} from '../core/index.js';
import { Channel } from './channel.js';
import {
  type BatchPlace,
  type DataFrames,
  decodeData,
  encodeBatch,
  encodeHeader,
  encodeSchema,
  MAX_FRAME_BYTES,
} from './protocol/frames.js';
import type { BatchMessage, Credit, Done, End, Failed } from './protocol/messages.js';

/** A batch as it came, with schema numbers of the job. */
export interface ReceivedBatch {
  readonly type: 'batch';
  readonly message: BatchMessage;
  readonly rowSelection: Int32Array | null;
  readonly groups: readonly ColumnGroup[];
}

/** What a stage is told by its worker. */
export type StageMessage = ReceivedBatch | Done | Failed | End | Credit;

/** An open stage; an exception means that the worker broke the protocol. */
export type StageReceiver = (message: StageMessage) => void;

/** What a data session needs. */
export interface DataSessionOptions {
  readonly endpoint: string;
  readonly epoch: number;
  readonly schemas: SchemaRegistry;
  /** The worker broke the protocol, or the connection failed. */
  readonly onBroken: (error: unknown) => void;
}

export class DataSession {
  readonly #options: DataSessionOptions;
  readonly #receivers = new Map<string, StageReceiver>();
  /** Schemas that the worker has; the job's own numbers serve in this direction. */
  readonly #sentSchemas = new Set<number>();
  /** The worker's numbers → the job's. */
  readonly #receivedSchemas = new Map<number, number>();
  #channel: Channel | null = null;
  #lateFrames = 0;

  private constructor(options: DataSessionOptions) {
    this.#options = options;
  }

  static async open(options: DataSessionOptions): Promise<DataSession> {
    const session = new DataSession(options);
    session.#channel = await Channel.open({
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
    await this.#send(encodeBatch({ ...place, epoch: this.#options.epoch }, batch));
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
  }

  /** A failed send means that the session was closed: the worker's end settles what waits for an answer. */
  #send(frames: readonly Uint8Array[]): Promise<void> {
    return this.#channel?.send(frames).catch(() => undefined) ?? Promise.resolve();
  }

  #onMessage(frames: readonly Uint8Array[]): void {
    try {
      this.#dispatch(decodeData(frames));
    } catch (error) {
      this.#options.onBroken(error);
    }
  }

  #dispatch(data: DataFrames): void {
    if ('schema' in data) {
      this.#receivedSchemas.set(data.message.id, this.#options.schemas.register(data.schema));
      return;
    }
    const { message } = data;
    const receiver = this.#receivers.get(message.stage);
    if (message.epoch !== this.#options.epoch || receiver === undefined) {
      this.#lateFrames += 1;
      return;
    }
    if ('groups' in data) {
      const groups = data.message.groups.map((_, index) => this.#columnGroup(data, index));
      receiver({ type: 'batch', message: data.message, rowSelection: data.rowSelection, groups });
    } else {
      receiver(data.message);
    }
  }

  #columnGroup(data: Extract<DataFrames, { groups: unknown }>, index: number): ColumnGroup {
    const wire = data.message.groups[index]!;
    const { message, selection } = data.groups[index]!;
    const schema = this.#receivedSchemas.get(wire.schema);
    if (schema === undefined) {
      throw new InternalError(
        'PROTOCOL_SCHEMA',
        `A worker sent a batch of schema ${wire.schema} before that schema.`,
      );
    }
    const { rows } = validateRecordBatchMessage(message, this.#options.schemas.layout(schema));
    if (rows !== wire.rows) {
      throw new InternalError('PROTOCOL_ROWS', `A worker announced ${wire.rows} rows and sent ${rows}.`);
    }
    return { schema, message, shared: null, messageRows: rows, selection };
  }
}
