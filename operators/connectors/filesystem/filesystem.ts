/** The connector `filesystem`: tables of files that DuckDB reads and writes, and of records that the core does. */
import { type ConnectorTraits, STANDARD_CONNECTORS } from '../../../core/index.js';
import type { Connector } from '../connector.js';
import { declarationOf } from '../declaration.js';
import { RecordFiles } from './record-files.js';
import { isOfRecords, readRecordTable } from './record-table.js';
import { RecordWriter } from './record-writer.js';

const RECORDS: ConnectorTraits = {
  source: 'rows',
  sink: 'rows-in-files',
  bounded: (table) => readRecordTable(declarationOf(table), 'read').monitorMs === null,
  hasPosition: true,
  check: (table, use) => void readRecordTable(declarationOf(table), use),
  gives: (table) => (readRecordTable(declarationOf(table), 'read').format.changes ? 'all' : 'insert'),
  takes: (table) => (readRecordTable(declarationOf(table), 'write').format.changes ? 'all' : 'insert'),
};

const FILES = STANDARD_CONNECTORS.get('filesystem')!;

export const FILESYSTEM: Connector = {
  traits: { ...FILES, of: (table) => (isOfRecords(table.options) ? RECORDS : FILES) },
  source: (stage, host) => new RecordFiles(stage, readRecordTable(declarationOf(stage), 'read'), host),
  fileWriter: (stage, host, output) =>
    new RecordWriter(stage, readRecordTable(declarationOf(stage), 'write').format, host.job, output),
};
