/** A table of the connectors `kafka` and `upsert-kafka`: its options, checked. Names and defaults are Flink's. */
import { type Column, type TableField, WATERMARK_OPTIONS, watermarkOptions } from '../../../core/index.js';
import { type Format, readFormat } from '../../formats/make-format.js';
import type { Declaration } from '../declaration.js';
import { fieldsOf } from '../fields-of.js';
import { checkMetadataTypes, type MetadataTypes } from '../metadata-types.js';
import { OptionReader } from '../option-reader.js';
import { type KafkaProperties, readProperties } from './kafka-client.js';
import { type OffsetPlace, readEnd, readStart } from './kafka-offsets.js';

export interface KafkaTable {
  readonly properties: KafkaProperties;
  readonly topics: readonly string[] | RegExp;
  readonly start: OffsetPlace;
  readonly end: OffsetPlace | null;
  /** Milliseconds between two looks for new partitions; null: there is only the first. */
  readonly discoveryMs: number | null;
  /** Null: records have no key of columns. */
  readonly key: KafkaPart | null;
  readonly value: KafkaPart;
  readonly isUpsert: boolean;
  /** Records are written in transactions whose ids begin with it; null: they are not. */
  readonly transactionalIdPrefix: string | null;
  readonly partitioner: 'default' | 'fixed' | 'round-robin';
}

/** The key or the value of a record. */
export interface KafkaPart {
  readonly format: Format;
  /** As the format names them, and as the table does. */
  readonly fields: readonly Column[];
  readonly names: readonly string[];
  /** Columns of METADATA that the format knows, by its own keys; rows have them behind the fields. */
  readonly metadata: readonly TableField[];
}

const DISCOVERY_MS = 300_000;

/** @throws {ConfigurationError} */
export function readKafkaTable(declared: Declaration, use: 'read' | 'write'): KafkaTable {
  const { table, connector, primaryKey } = declared;
  const options = new OptionReader(table, declared.options);
  const isUpsert = connector === 'upsert-kafka';
  const properties = readProperties(options);
  const topics = readTopics(options, isUpsert);
  if (use === 'write' && (topics instanceof RegExp || topics.length > 1)) {
    throw options.error(
      'OPTION_UNSUPPORTED',
      `records are written to one topic, and '${topics instanceof RegExp ? 'topic-pattern' : 'topic'}' names several`,
      "Set 'topic' to one name, and declare a table for each of them.",
    );
  }
  options.noted(
    'scan.parallelism',
    'sink.parallelism',
    'sink.buffer-flush.max-rows',
    'sink.buffer-flush.interval',
  );
  options.refused('scan.watermark.alignment.group', null);
  for (const key of WATERMARK_OPTIONS) options.text(key);
  watermarkOptions({ path: [table], options: declared.options });
  const prefix = options.text('sink.transactional-id-prefix');
  const isExact = options.choice('sink.delivery-guarantee', GUARANTEES, 'at-least-once') === 'exactly-once';
  if (isExact && prefix === null) options.required('sink.transactional-id-prefix');
  const start = isUpsert ? ({ kind: 'earliest' } as const) : readStart(options);
  const { key, value } = readParts(options, declared, isUpsert, use);
  const read: KafkaTable = {
    properties,
    topics,
    start,
    end: readEnd(options),
    discoveryMs: options.duration('scan.topic-partition-discovery.interval', DISCOVERY_MS) || null,
    key,
    value,
    isUpsert,
    transactionalIdPrefix: isExact ? prefix : null,
    partitioner: isUpsert ? 'default' : options.choice('sink.partitioner', PARTITIONERS, 'default'),
  };
  options.finish();
  if (isUpsert && primaryKey.length === 0) {
    throw options.error(
      'OPTION_MISSING',
      "the connector 'upsert-kafka' needs a primary key",
      'Declare PRIMARY KEY (…) NOT ENFORCED.',
    );
  }
  const usesGroup = read.start.kind === 'group' || read.end?.kind === 'group';
  if (use === 'read' && usesGroup && properties.groupId === null) {
    throw options.error(
      'OPTION_MISSING',
      "the option 'properties.group.id' is missing, whose offsets 'group-offsets' means",
      "Add it, or set 'scan.startup.mode' = 'earliest-offset' or 'latest-offset'.",
    );
  }
  checkMetadataTypes({ ...METADATA_TYPES, ...valueTypes(value) }, options, declared.columns, METADATA_HINT);
  return read;
}

const GUARANTEES = ['at-least-once', 'none', 'exactly-once'] as const;
const PARTITIONERS = ['default', 'fixed', 'round-robin'] as const;

function readTopics(options: OptionReader, isUpsert: boolean): readonly string[] | RegExp {
  if (isUpsert) return [options.required('topic')];
  const pattern = options.pattern('topic-pattern');
  if (pattern === null) {
    options.required('topic');
    return options.list('topic')!;
  }
  if (options.has('topic')) {
    throw options.error(
      'OPTION_VALUE',
      "'topic' and 'topic-pattern' cannot both be there",
      'Remove one of them.',
    );
  }
  return pattern;
}

function readParts(
  options: OptionReader,
  { columns, primaryKey }: Declaration,
  isUpsert: boolean,
  use: 'read' | 'write',
): { readonly key: KafkaPart | null; readonly value: KafkaPart } {
  const fields = fieldsOf(columns);
  const valueKey = options.has('value.format') || isUpsert ? 'value.format' : 'format';
  if (valueKey === 'value.format' && options.has('format')) {
    throw options.error(
      'OPTION_VALUE',
      "'format' and 'value.format' cannot both be there",
      'Remove one of them.',
    );
  }
  const scope = valueKey === 'format' ? options : options.below('value.');
  const format = readFormat(options, valueKey, scope, use);
  const prefix = options.text('key.fields-prefix') ?? '';
  const include = options.choice('value.fields-include', ['ALL', 'EXCEPT_KEY'], 'ALL');
  const named = isUpsert ? null : options.list('key.fields');
  const keyNames = isUpsert ? primaryKey : (named ?? []);
  const hasKey = isUpsert || options.has('key.format');
  if (named !== null && !hasKey) options.required('key.format');
  if (prefix !== '' && include === 'ALL') {
    throw options.error(
      'OPTION_VALUE',
      "'key.fields-prefix' needs 'value.fields-include' = 'EXCEPT_KEY'",
      'Columns with the prefix cannot be in the value.',
    );
  }
  const keyFormat = hasKey ? readFormat(options, 'key.format', options.below('key.')) : null;
  if (!isUpsert && keyFormat?.changes === true) {
    throw options.wrong('key.format', 'A key says no change: use json, csv, avro or raw.');
  }
  if (isUpsert && (format.changes || keyFormat!.changes)) {
    throw options.error(
      'OPTION_VALUE',
      'upsert-kafka takes formats of plain rows',
      'Use json, csv, avro or raw.',
    );
  }
  const missing = keyNames.find((name) => !fields.some((field) => field.name === name));
  if (missing !== undefined) {
    throw options.error(
      'OPTION_VALUE',
      `'key.fields' names '${missing}', which is no column`,
      `Columns: ${fields.map(({ name }) => name).join(', ')}.`,
    );
  }
  const inKey = fields.filter(({ name }) => keyNames.includes(name));
  const inValue = include === 'ALL' ? fields : fields.filter((field) => !inKey.includes(field));
  const short = (name: string) => (name.startsWith(prefix) ? name.slice(prefix.length) : name);
  return {
    key:
      keyFormat === null
        ? null
        : {
            format: keyFormat,
            fields: inKey.map(({ name, type }) => ({ name: short(name), type })),
            names: inKey.map(({ name }) => name),
            metadata: [],
          },
    value: {
      format,
      fields: inValue,
      names: inValue.map(({ name }) => name),
      metadata: columns.flatMap((column) => {
        const known = formatKey(column);
        return known === null ? [] : [{ ...column, metadata: known }];
      }),
    },
  };
}

/** The types that each key of metadata may be declared with. */
const METADATA_TYPES: MetadataTypes = {
  topic: /^(STRING|VARCHAR)/,
  partition: /^(INT|BIGINT)/,
  offset: /^BIGINT/,
  'leader-epoch': /^(INT|BIGINT)/,
  timestamp: /^TIMESTAMP_LTZ/,
  'timestamp-type': /^(STRING|VARCHAR)/,
  headers: /^MAP<(STRING|VARCHAR.*?)( NOT NULL)?, (BYTES|VARBINARY.*?)( NOT NULL)?>/,
};

/** Before the keys of what the format of the value knows. */
const VALUE_KEYS = 'value.';

function formatKey({ metadata }: TableField): string | null {
  return metadata?.startsWith(VALUE_KEYS) === true ? metadata.slice(VALUE_KEYS.length) : null;
}

function valueTypes({ format }: KafkaPart): MetadataTypes {
  return Object.fromEntries(Object.entries(format.metadata).map(([key, type]) => [VALUE_KEYS + key, type]));
}

/** Keys of metadata that a table reads, those of its format included; those that can be written. */
export function kafkaMetadata({ value }: KafkaTable): string[] {
  return [...Object.keys(METADATA_TYPES), ...Object.keys(valueTypes(value))];
}
export const KAFKA_WRITTEN_METADATA = ['timestamp', 'headers'];

const METADATA_HINT =
  'timestamp is TIMESTAMP_LTZ(3); partition, leader-epoch INT; offset BIGINT; headers MAP<STRING, BYTES>; topic, timestamp-type STRING; value.… as the format has it (docs/connectors.md).';
