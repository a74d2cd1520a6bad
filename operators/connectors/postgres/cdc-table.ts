/** A table of the connector `postgres-cdc`: its options, checked. Names are those of Flink CDC. */
import type { Declaration } from '../declaration.js';
import { checkMetadataTypes, type MetadataTypes } from '../metadata-types.js';
import { OptionReader } from '../option-reader.js';
import { checkColumnTypes } from './column-check.js';
import type { PostgresAddress } from './postgres-client.js';

export interface CdcTable {
  readonly address: PostgresAddress;
  readonly schema: string;
  readonly name: string;
  readonly slot: string;
  readonly publication: string;
  /** Made where it is not there. */
  readonly makesPublication: boolean;
  readonly start: 'initial' | 'latest-offset' | 'committed-offset';
  /** Rows that go are not said as they were. */
  readonly isUpsert: boolean;
  readonly fetchSize: number;
}

const METADATA_TYPES: MetadataTypes = {
  table_name: /^(STRING|VARCHAR)/,
  schema_name: /^(STRING|VARCHAR)/,
  database_name: /^(STRING|VARCHAR)/,
  op_ts: /^TIMESTAMP_LTZ/,
};

/** Keys of metadata. */
export const CDC_METADATA = Object.keys(METADATA_TYPES);

const NAME = /^[A-Za-z_][\w$]*$/;

/** @throws {ConfigurationError} */
export function readCdcTable({ table, options: given, columns, primaryKey }: Declaration): CdcTable {
  const options = new OptionReader(table, given);
  options.noted(
    'heartbeat.interval.ms',
    'connect.timeout',
    'connect.max-retries',
    'connection.pool.size',
    'scan.incremental.snapshot.enabled',
    'scan.incremental.snapshot.chunk.size',
    'scan.incremental.snapshot.chunk.key-column',
    'debezium.plugin.name',
  );
  const plugin = options.text('decoding.plugin.name') ?? 'decoderbufs';
  if (plugin !== 'pgoutput') {
    throw options.error(
      'OPTION_UNSUPPORTED',
      `the plugin '${plugin}' is not supported`,
      "Set 'decoding.plugin.name' = 'pgoutput', which every PostgreSQL from 10 on has.",
    );
  }
  const read: CdcTable = {
    address: {
      host: options.required('hostname'),
      port: options.whole('port', 5432, 1),
      database: options.required('database-name'),
      user: options.required('username'),
      password: options.text('password'),
      ssl: options.choice('debezium.database.sslmode', ['disable', 'require'], 'disable') === 'require',
    },
    schema: options.required('schema-name'),
    name: options.required('table-name'),
    slot: options.required('slot.name'),
    publication: options.text('debezium.publication.name') ?? 'dbz_publication',
    makesPublication:
      options.choice(
        'debezium.publication.autocreate.mode',
        ['filtered', 'all_tables', 'disabled'],
        'filtered',
      ) !== 'disabled',
    start: options.choice('scan.startup.mode', ['initial', 'latest-offset', 'committed-offset'], 'initial'),
    isUpsert: options.choice('changelog-mode', ['all', 'upsert'], 'all') === 'upsert',
    fetchSize: options.whole('scan.snapshot.fetch.size', 1024, 1),
  };
  for (const key of ['schema-name', 'table-name']) {
    if (!NAME.test(options.required(key)))
      throw options.wrong(key, 'Expected the name of one table; patterns are not supported.');
  }
  if (!/^[a-z0-9_]+$/.test(read.slot))
    throw options.wrong('slot.name', 'Expected lower-case letters, digits and _.');
  options.finish();
  if (read.isUpsert && primaryKey.length === 0) {
    throw options.error(
      'OPTION_MISSING',
      "'changelog-mode' = 'upsert' needs a primary key",
      'Declare PRIMARY KEY (…) NOT ENFORCED.',
    );
  }
  checkColumnTypes(options, columns);
  checkMetadataTypes(METADATA_TYPES, options, columns, 'op_ts is TIMESTAMP_LTZ(3), the others STRING.');
  return read;
}
