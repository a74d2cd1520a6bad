/** The connector `jdbc`, of PostgreSQL. */
import type { Connector } from '../connector.js';
import { declarationOf } from '../declaration.js';
import { JdbcLookup } from './jdbc-lookup.js';
import { JdbcSink } from './jdbc-sink.js';
import { JdbcSource } from './jdbc-source.js';
import { readJdbcTable } from './jdbc-table.js';

export const JDBC: Connector = {
  traits: {
    source: 'rows',
    sink: 'rows',
    hasPosition: true,
    hasLookup: true,
    bounded: () => true,
    check: (table) => void readJdbcTable(declarationOf(table)),
    takes: ({ primaryKey }) => (primaryKey.length === 0 ? 'insert' : 'upsert'),
  },
  source: (stage, host) => new JdbcSource(stage, readJdbcTable(declarationOf(stage)), host),
  lookup: (request, host) => {
    const { name: table, options, fields: columns } = request.table;
    return new JdbcLookup(request, readJdbcTable({ table, options, columns }), host);
  },
  sink: (stage, host) => new JdbcSink(stage, readJdbcTable(declarationOf(stage)), host),
};
