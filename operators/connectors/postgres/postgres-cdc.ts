/** The connector `postgres-cdc`: a table of PostgreSQL and its changes. */
import type { Connector } from '../connector.js';
import { declarationOf } from '../declaration.js';
import { CdcSource } from './cdc-source.js';
import { CDC_METADATA, readCdcTable } from './cdc-table.js';

export const POSTGRES_CDC: Connector = {
  traits: {
    source: 'rows',
    sink: null,
    hasPosition: true,
    bounded: () => false,
    check: (table) => void readCdcTable(declarationOf(table)),
    gives: (table) => (readCdcTable(declarationOf(table)).isUpsert ? 'upsert' : 'all'),
    metadata: () => CDC_METADATA,
  },
  source: (stage, host) => new CdcSource(stage, readCdcTable(declarationOf(stage)), host),
};
