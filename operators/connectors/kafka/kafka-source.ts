/** Reads topics: each partition from its offset on, its records in their order. */
import type { Admin, ClusterMetadata, Consumer, RecordsBatch } from '@platformatic/kafka';
import {
  type Barrier,
  fromJsonBytes,
  jsonBytes,
  type OperatorContext,
  packedSplit,
  SourceError,
  type SourceOperator,
  type SourceStage,
  SPLIT_COLUMN,
} from '../../../core/index.js';
import { pause } from '../../sources/pause.js';
import { Absence } from '../absence.js';
import type { ConnectorHost } from '../connector.js';
import { RejectedRecords } from '../rejected-records.js';
import { SourceRows } from '../source-rows.js';
import { type AbortedTransaction, countingBatches } from './committed-batches.js';
import { clientOptions, closed, isTransient, kafkaError, kafkaReason } from './kafka-client.js';
import { offsetsAt } from './kafka-offsets.js';
import { KafkaReader } from './kafka-record.js';
import type { KafkaTable } from './kafka-table.js';

/** A partition that is read. */
interface Partition {
  readonly topic: string;
  readonly partition: number;
  /** Its number among all that are read. */
  readonly index: number;
  /** The next record that is asked for. */
  next: bigint;
  /** The next one whose rows have not gone out. */
  sent: bigint;
  /** Behind the last record that the broker told of; 0: it has not. */
  behind: bigint;
  /** Reading ends in front of it; null: never. */
  readonly end: bigint | null;
}

/** In a checkpoint: [topic, partition, next offset, end or null]. */
type Position = readonly (readonly [string, number, string, string | null])[];

const FETCH = { minBytes: 1, maxBytes: 16 << 20, maxWaitTime: 500 } as const;
const PARTITION_BYTES = 4 << 20;
/** Between two tries of a cluster that does not answer. */
const BACKOFF_MS = 500;

export class KafkaSource implements SourceOperator {
  #context!: OperatorContext;
  #rows!: SourceRows;
  #consumer!: Consumer;
  #admin!: Admin;
  readonly #reader: KafkaReader;
  readonly #rejected: RejectedRecords | null;
  readonly #partitions = new Map<string, Partition>();
  /** Somebody behind it asks for the split of each row. */
  readonly #tellsSplits: boolean;
  /** How many were said to have ended. */
  #endedSplits = 0;

  constructor(
    private readonly stage: SourceStage,
    private readonly table: KafkaTable,
    private readonly host: ConnectorHost,
  ) {
    const parts = [table.value, ...(table.key === null ? [] : [table.key])];
    const rejects = parts.some(({ format }) => format.onParseError === 'dead_letter');
    this.#tellsSplits = stage.columns.some(({ name }) => name === SPLIT_COLUMN);
    this.#rejected = rejects ? new RejectedRecords(stage, host) : null;
    this.#reader = new KafkaReader(stage.table, table, stage.declared, this.#rejected?.reject ?? null);
  }

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
    this.#rows = new SourceRows(this.stage, this.host.job, context);
    const { Admin: AdminClient, Consumer: ConsumerClient } = await import('@platformatic/kafka');
    const options = clientOptions(this.table.properties);
    this.#admin = new AdminClient(options);
    this.#consumer = new ConsumerClient({
      ...options,
      groupId: this.table.properties.groupId ?? 'millstream',
    });
    const state = this.host.job.restored?.get(this.stage.id) ?? null;
    if (state !== null) this.#restore(fromJsonBytes<Position>(state));
    try {
      await this.#discover(state === null);
    } catch (error) {
      throw this.#told(error);
    }
  }

  async run(): Promise<void> {
    const { signal, clock } = this.#context;
    let discoverAt = this.#nextDiscovery();
    const absence = new Absence(`table ${this.stage.table}: Kafka`, clock, this.host.onNote);
    await this.#endSplits();
    while (!signal.aborted && !this.#isDone()) {
      try {
        if (clock.nowMs() >= discoverAt) {
          await this.#discover(false);
          discoverAt = this.#nextDiscovery();
        }
        const metadata = await this.#consumer.metadata({
          topics: this.#topics(),
          forceUpdate: absence.isAway,
        });
        await Promise.all(
          [...this.#byLeader(metadata)].map(([node, own]) => this.#fetch(metadata, node, own)),
        );
        absence.answered();
      } catch (error) {
        if (signal.aborted) return;
        if (error instanceof SourceError || !isTransient(error)) throw this.#told(error);
        absence.failed(kafkaReason(error));
        await pause(this.#context, BACKOFF_MS);
      }
    }
  }

  snapshot(barrier: Barrier): Promise<void> {
    return this.#rows.snapshot(barrier, () => {
      const position: Position = [...this.#partitions.values()].map(({ topic, partition, sent, end }) => [
        topic,
        partition,
        String(sent),
        end === null ? null : String(end),
      ]);
      return jsonBytes(position);
    });
  }

  async close(): Promise<void> {
    await Promise.all([
      closed(this.#consumer, (consumer, done) => consumer.close(true, done)),
      closed(this.#admin, (admin, done) => admin.close(done)),
    ]);
  }

  #restore(position: Position): void {
    for (const [topic, partition, next, end] of position) {
      const at = BigInt(next);
      this.#partitions.set(keyOf(topic, partition), {
        topic,
        partition,
        index: this.#partitions.size,
        next: at,
        sent: at,
        behind: 0n,
        end: end === null ? null : BigInt(end),
      });
    }
  }

  /** Looks for partitions that are not read yet. Those that come later are read from their beginning, as in Flink. */
  async #discover(isFirst: boolean): Promise<void> {
    const topics = await this.#matchingTopics();
    const { topics: known } = await this.#consumer.metadata({ topics: [...topics], forceUpdate: true });
    for (const topic of topics) {
      const count = known.get(topic)?.partitionsCount ?? 0;
      const added = Array.from({ length: count }, (_, partition) => partition).filter(
        (partition) => !this.#partitions.has(keyOf(topic, partition)),
      );
      if (added.length > 0) await this.#add(topic, added, isFirst);
    }
  }

  async #add(topic: string, added: readonly number[], isFirst: boolean): Promise<void> {
    const clients = { consumer: this.#consumer, admin: this.#admin, groupId: this.table.properties.groupId };
    const earliest = { kind: 'earliest' } as const;
    const starts = await offsetsAt(clients, isFirst ? this.table.start : earliest, topic, added);
    const ends = this.table.end === null ? null : await offsetsAt(clients, this.table.end, topic, added);
    for (const partition of added) {
      const next = starts.get(partition);
      if (next === undefined) throw this.#noOffset(topic, partition);
      this.#partitions.set(keyOf(topic, partition), {
        topic,
        partition,
        index: this.#partitions.size,
        next,
        sent: next,
        behind: 0n,
        end: ends === null ? null : (ends.get(partition) ?? null),
      });
    }
  }

  async #matchingTopics(): Promise<readonly string[]> {
    const { topics } = this.table;
    if (!(topics instanceof RegExp)) return topics;
    const found = (await this.#admin.listTopics()).filter((topic) => topics.test(topic));
    if (found.length > 0 || this.#partitions.size > 0) return found;
    throw new SourceError(
      'SOURCE_NOT_FOUND',
      `Table ${this.stage.table}: no topic matches ${topics.source}.`,
      {
        hint: "Check 'topic-pattern'; it stands for whole names.",
      },
    );
  }

  #topics(): string[] {
    return [...new Set([...this.#partitions.values()].map(({ topic }) => topic))];
  }

  #byLeader(metadata: ClusterMetadata): Map<number, Partition[]> {
    const byLeader = new Map<number, Partition[]>();
    for (const partition of this.#partitions.values()) {
      if (isRead(partition)) continue;
      const leader = metadata.topics.get(partition.topic)!.partitions[partition.partition]!.leader;
      addTo(byLeader, leader, partition);
    }
    return byLeader;
  }

  async #fetch(metadata: ClusterMetadata, node: number, partitions: readonly Partition[]): Promise<void> {
    const byId = new Map<string, Partition[]>();
    for (const partition of partitions) {
      const { id } = metadata.topics.get(partition.topic)!;
      addTo(byId, id, partition);
    }
    const answer = await this.#consumer.fetch({
      ...FETCH,
      node,
      isolationLevel: this.table.properties.isReadCommitted ? 1 : 0,
      topics: [...byId].map(([topicId, own]) => ({
        topicId,
        partitions: own.map(({ partition, next }) => ({
          partition,
          currentLeaderEpoch: -1,
          fetchOffset: next,
          lastFetchedEpoch: -1,
          partitionMaxBytes: PARTITION_BYTES,
        })),
      })),
    });
    for (const { topicId, partitions: answers } of answer.responses) {
      for (const own of answers) {
        const partition = byId.get(topicId)?.find((candidate) => candidate.partition === own.partitionIndex);
        if (partition === undefined) continue;
        partition.behind = own.highWatermark;
        this.#take(partition, own.records ?? [], own.abortedTransactions ?? []);
      }
    }
    this.#context.metrics.pendingRows = this.#pending();
    // What is sent is fixed here: other brokers may answer meanwhile.
    const reached = partitions.map((partition) => ({ partition, next: partition.next }));
    await this.#rejected?.write();
    await this.#rows.send(() => {
      for (const { partition, next } of reached) partition.sent = next;
    });
    await this.#endSplits();
  }

  /** Event time is not to wait for partitions that have been read to their end. */
  async #endSplits(): Promise<void> {
    if (!this.#tellsSplits) return;
    const partitions = [...this.#partitions.values()];
    const ended = partitions.filter(({ sent, end }) => end !== null && sent >= end).map(({ index }) => index);
    if (ended.length === this.#endedSplits || ended.length === partitions.length) return;
    this.#endedSplits = ended.length;
    await this.#rows.endSplits({ count: partitions.length, ended });
  }

  #take(
    partition: Partition,
    records: readonly RecordsBatch[],
    aborted: readonly AbortedTransaction[],
  ): void {
    const { topic } = partition;
    const split = packedSplit(partition.index, this.#partitions.size);
    const counting = countingBatches(records, aborted);
    for (const batch of records) {
      for (const record of counting.has(batch) ? batch.records : []) {
        const offset = batch.firstOffset + BigInt(record.offsetDelta);
        // A batch begins in front of the offset that was asked for where it is compressed or compacted.
        if (offset < partition.next || (partition.end !== null && offset >= partition.end)) continue;
        const placed = { topic, partition: partition.partition, offset, split, batch, record };
        this.#reader.read(placed, (row) => this.#rows.add(row));
      }
      const behind = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
      if (behind > partition.next) partition.next = behind;
    }
  }

  /** Records that are there and are still to be read. */
  #pending(): number {
    const open = [...this.#partitions.values()].map(({ next, behind, end }) => {
      const last = end !== null && end < behind ? end : behind;
      return last > next ? Number(last - next) : 0;
    });
    return open.reduce((sum, records) => sum + records, 0);
  }

  #isDone(): boolean {
    return this.table.end !== null && [...this.#partitions.values()].every(isRead);
  }

  #nextDiscovery(): number {
    const { discoveryMs, end } = this.table;
    if (discoveryMs === null || end !== null) return Number.POSITIVE_INFINITY;
    return this.#context.clock.nowMs() + discoveryMs;
  }

  #told(error: unknown): Error {
    if (error instanceof SourceError) return error;
    return kafkaError('read', this.stage.table, this.table.properties, error);
  }

  #noOffset(topic: string, partition: number): SourceError {
    const isGroup = this.table.start.kind === 'group';
    const what = isGroup
      ? `group '${this.table.properties.groupId}' has committed no offset`
      : 'no offset is given';
    return new SourceError(
      'SOURCE_NOT_FOUND',
      `Table ${this.stage.table}: ${what} for partition ${partition} of topic ${topic}.`,
      {
        hint: "Set 'scan.startup.mode' = 'earliest-offset' or 'latest-offset', or give each partition its offset.",
      },
    );
  }
}

function addTo<Key>(lists: Map<Key, Partition[]>, key: Key, partition: Partition): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [partition]);
  else list.push(partition);
}

function isRead({ next, end }: Partition): boolean {
  return end !== null && next >= end;
}

function keyOf(topic: string, partition: number): string {
  return `${topic}-${partition}`;
}
