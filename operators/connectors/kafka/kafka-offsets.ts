/** Where reading of each partition begins and ends. */
import type { Admin, Consumer } from '@platformatic/kafka';
import type { OptionReader } from '../option-reader.js';

/** A place in each partition of the topics. */
export type OffsetPlace =
  | { readonly kind: 'earliest' | 'latest' }
  /** What the group has committed; where it has none, `null` fails. */
  | { readonly kind: 'group' }
  | { readonly kind: 'timestamp'; readonly milliseconds: number }
  | { readonly kind: 'specific'; readonly offsets: ReadonlyMap<number, bigint> };

const STARTS = [
  'group-offsets',
  'earliest-offset',
  'latest-offset',
  'timestamp',
  'specific-offsets',
] as const;
const ENDS = ['unbounded', 'latest-offset', 'group-offsets', 'timestamp', 'specific-offsets'] as const;

/** @throws {ConfigurationError} */
export function readStart(options: OptionReader): OffsetPlace {
  return readPlace(options, 'scan.startup.', options.choice('scan.startup.mode', STARTS, 'group-offsets'));
}

/** Null: reading never ends. @throws {ConfigurationError} */
export function readEnd(options: OptionReader): OffsetPlace | null {
  const mode = options.choice('scan.bounded.mode', ENDS, 'unbounded');
  return readPlace(options, 'scan.bounded.', mode === 'unbounded' ? null : mode);
}

function readPlace<T extends (typeof STARTS)[number] | null>(
  options: OptionReader,
  prefix: string,
  mode: T,
): OffsetPlace | (T extends null ? null : never);
function readPlace(
  options: OptionReader,
  prefix: string,
  mode: (typeof STARTS)[number] | null,
): OffsetPlace | null {
  const milliseconds = options.whole(`${prefix}timestamp-millis`, null);
  const specific = options.text(`${prefix}specific-offsets`);
  switch (mode) {
    case null:
      return null;
    case 'earliest-offset':
      return { kind: 'earliest' };
    case 'latest-offset':
      return { kind: 'latest' };
    case 'group-offsets':
      return { kind: 'group' };
    case 'timestamp':
      options.required(`${prefix}timestamp-millis`);
      return { kind: 'timestamp', milliseconds: milliseconds! };
    case 'specific-offsets':
      options.required(`${prefix}specific-offsets`);
      return { kind: 'specific', offsets: specificOffsets(options, `${prefix}specific-offsets`, specific!) };
  }
}

function specificOffsets(options: OptionReader, key: string, text: string): Map<number, bigint> {
  const offsets = new Map<number, bigint>();
  for (const part of text.split(';')) {
    const match = /^\s*partition:(\d+),offset:(\d+)\s*$/.exec(part);
    if (match === null) throw options.wrong(key, "Expected 'partition:0,offset:42;partition:1,offset:300'.");
    offsets.set(Number(match[1]), BigInt(match[2]!));
  }
  return offsets;
}

/** What the offsets of a topic are asked of. */
export interface OffsetClients {
  readonly consumer: Consumer;
  readonly admin: Admin;
  readonly groupId: string | null;
}

const EARLIEST = -2n;
const LATEST = -1n;

/** The offset of each of the partitions at a place; of a group that has committed none there is none. */
export async function offsetsAt(
  { consumer, admin, groupId }: OffsetClients,
  place: OffsetPlace,
  topic: string,
  partitions: readonly number[],
): Promise<Map<number, bigint>> {
  const listed = async (timestamp: bigint) =>
    (await consumer.listOffsets({ topics: [topic], timestamp })).get(topic) ?? [];
  switch (place.kind) {
    case 'earliest':
    case 'latest': {
      const offsets = await listed(place.kind === 'earliest' ? EARLIEST : LATEST);
      return new Map(partitions.map((partition) => [partition, offsets[partition] ?? 0n]));
    }
    case 'timestamp': {
      const found = await consumer.listOffsetsWithTimestamps({
        topics: [topic],
        timestamp: BigInt(place.milliseconds),
      });
      // Where all records are older there is none yet: it will be the next.
      const latest = await listed(LATEST);
      return new Map(
        partitions.map((partition) => {
          const offset = found.get(topic)?.get(partition)?.offset ?? -1n;
          return [partition, offset >= 0n ? offset : (latest[partition] ?? 0n)];
        }),
      );
    }
    case 'specific':
      return new Map(
        partitions.flatMap((partition) =>
          place.offsets.has(partition) ? [[partition, place.offsets.get(partition)!]] : [],
        ),
      );
    case 'group': {
      const [group] = await admin.listConsumerGroupOffsets({
        groups: [{ groupId: groupId!, topics: [{ name: topic, partitionIndexes: [...partitions] }] }],
      });
      const committed = group?.topics.find(({ name }) => name === topic)?.partitions ?? [];
      return new Map(
        committed.flatMap(({ partitionIndex, committedOffset }) =>
          committedOffset >= 0n ? [[partitionIndex, committedOffset]] : [],
        ),
      );
    }
  }
}
