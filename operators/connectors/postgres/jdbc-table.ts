/** A table of the connector `jdbc`: its options, checked. Names and defaults are Flink's. */
import type { TableField } from '../../../core/index.js';
import type { LookupCaching } from '../../streaming/lookup/lookup-table.js';
import type { Declaration } from '../declaration.js';
import { OptionReader } from '../option-reader.js';
import { checkColumnTypes } from './column-check.js';
import type { PostgresAddress } from './postgres-client.js';

export interface JdbcTable {
  readonly address: PostgresAddress;
  /** As the database knows it, `schema.table` or `table`. */
  readonly name: string;
  readonly fetchSize: number;
  /** A scan in so many ranges of a column; null: all at once. */
  readonly partition: {
    readonly column: string;
    readonly ranges: number;
    readonly lower: number;
    readonly upper: number;
  } | null;
  readonly flushRows: number;
  /** Milliseconds that a row waits for others, at most. */
  readonly flushMs: number;
  readonly maxRetries: number;
  /** What lookup joins keep of it; null: nothing. */
  readonly caching: LookupCaching | null;
  /** How often a server that does not answer a lookup is asked again. */
  readonly lookupRetries: number;
}

const FETCH_SIZE = 4_096;

/** @throws {ConfigurationError} */
export function readJdbcTable({
  table,
  options: given,
  columns,
}: Pick<Declaration, 'table' | 'options' | 'columns'>): JdbcTable {
  const options = new OptionReader(table, given);
  const address = readAddress(options);
  options.noted(
    'driver',
    'compatible-mode',
    'connection.max-retry-timeout',
    'scan.auto-commit',
    'sink.parallelism',
    'scan.parallelism',
  );
  const read: JdbcTable = {
    address,
    name: options.required('table-name'),
    fetchSize: options.whole('scan.fetch-size', FETCH_SIZE) || FETCH_SIZE,
    partition: readPartition(options, columns),
    flushRows: Math.max(1, options.whole('sink.buffer-flush.max-rows', 100)),
    flushMs: options.duration('sink.buffer-flush.interval', 1_000),
    maxRetries: options.whole('sink.max-retries', 3),
    caching: readCaching(options),
    lookupRetries: options.whole('lookup.max-retries', 3),
  };
  options.finish();
  checkColumnTypes(options, columns);
  return read;
}

/** So many keys are kept where 'lookup.partial-cache.max-rows' does not say it. */
const CACHED_KEYS = 100_000;

function readCaching(options: OptionReader): LookupCaching | null {
  const below = options.below('lookup.partial-cache.');
  const caching = {
    maxKeys: below.whole('max-rows', CACHED_KEYS, 1),
    expireAfterWriteMs: below.duration('expire-after-write', null),
    expireAfterAccessMs: below.duration('expire-after-access', null),
    keepsMissing: below.flag('cache-missing-key', true),
  };
  return options.choice('lookup.cache', ['NONE', 'PARTIAL'], 'NONE') === 'PARTIAL' ? caching : null;
}

const URL_FORM = /^jdbc:postgresql:\/\/([^:/?]+)(?::(\d+))?\/([^?]+)(?:\?(.*))?$/;

function readAddress(options: OptionReader): PostgresAddress {
  const url = options.required('url');
  if (!url.startsWith('jdbc:postgresql:')) {
    throw options.error(
      'OPTION_UNSUPPORTED',
      `option 'url' is '${url}', which is no PostgreSQL`,
      'Of the databases of the jdbc connector only PostgreSQL is supported: jdbc:postgresql://host:5432/database.',
    );
  }
  const match = URL_FORM.exec(url);
  if (match === null) throw options.wrong('url', 'Expected jdbc:postgresql://host:5432/database.');
  const parameters = new URLSearchParams(match[4] ?? '');
  return {
    host: match[1]!,
    port: Number(match[2] ?? 5432),
    database: decodeURIComponent(match[3]!),
    user: options.text('username') ?? parameters.get('user'),
    password: options.text('password') ?? parameters.get('password'),
    ssl: parameters.get('ssl') === 'true' || (parameters.get('sslmode') ?? 'disable') !== 'disable',
  };
}

function readPartition(options: OptionReader, columns: readonly TableField[]): JdbcTable['partition'] {
  const column = options.text('scan.partition.column');
  const ranges = options.whole('scan.partition.num', null, 1);
  const lower = options.whole('scan.partition.lower-bound', null, Number.MIN_SAFE_INTEGER);
  const upper = options.whole('scan.partition.upper-bound', null, Number.MIN_SAFE_INTEGER);
  if (column === null && ranges === null && lower === null && upper === null) return null;
  if (column === null || ranges === null || lower === null || upper === null || upper < lower) {
    throw options.error(
      'OPTION_VALUE',
      "the options 'scan.partition.column', '.num', '.lower-bound' and '.upper-bound' belong together, the lower bound first",
      'Give all four or none.',
    );
  }
  if (!columns.some(({ name }) => name === column)) {
    throw options.wrong('scan.partition.column', `Columns: ${columns.map(({ name }) => name).join(', ')}.`);
  }
  return { column, ranges, lower, upper };
}
