/** The connector `postgres-cdc`: a table of PostgreSQL and its changes. */
import type { Connector } from '../connector.js';
import { CdcSource } from './cdc-source.js';
import { CDC_METADATA, readCdcTable } from './cdc-table.js';

export const POSTGRES_CDC: Connector = {
  traits: {
    source: 'rows',
    sink: null,
    hasPosition: true,
    bounded: () => false,
    check: ({ path, options, primaryKey }) => void readCdcTable({ table: path.at(-1)!, options, primaryKey }),
    gives: ({ options }) => (options['changelog-mode']?.toLowerCase() === 'upsert' ? 'upsert' : 'all'),
    metadata: () => CDC_METADATA,
  },
  source: (stage, host) => new CdcSource(stage, readCdcTable(stage), host),
};
