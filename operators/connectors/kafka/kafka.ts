/** The connectors `kafka` and `upsert-kafka`. */
import type { ScanTable, SinkStage, SourceStage } from '../../../core/index.js';
import type { Connector } from '../connector.js';
import { KafkaSink } from './kafka-sink.js';
import { KafkaSource } from './kafka-source.js';
import { KAFKA_METADATA, KAFKA_WRITTEN_METADATA, type KafkaTable, readKafkaTable } from './kafka-table.js';

/** Records are rows that come, or with a format of changes rows that come and go. */
export const KAFKA: Connector = {
  traits: {
    source: 'rows',
    sink: 'rows',
    hasPosition: true,
    bounded: isBounded,
    check: (table, use) => void tableOf(table, use),
    gives: (table) => (tableOf(table, 'read').value.format.changes ? 'all' : 'insert'),
    takes: (table) => (tableOf(table, 'write').value.format.changes ? 'all' : 'insert'),
    metadata: (_table, use) => (use === 'read' ? KAFKA_METADATA : KAFKA_WRITTEN_METADATA),
  },
  source: (stage, host) => new KafkaSource(stage, ofStage(stage, 'read'), host),
  sink: (stage, host) => new KafkaSink(stage, ofStage(stage, 'write'), host),
};

/** Records with a primary key: the last one of a key is its row, one without a value removes it. */
export const UPSERT_KAFKA: Connector = {
  ...KAFKA,
  traits: { ...KAFKA.traits, gives: () => 'upsert', takes: () => 'upsert' },
};

function isBounded({ options }: ScanTable): boolean {
  return (options['scan.bounded.mode'] ?? 'unbounded') !== 'unbounded';
}

function tableOf(table: ScanTable, use: 'read' | 'write'): KafkaTable {
  return readKafkaTable({ ...table, table: table.path.at(-1)! }, use);
}

function ofStage(stage: SourceStage | SinkStage, use: 'read' | 'write'): KafkaTable {
  const columns = stage.kind === 'source' ? stage.declared : stage.fields;
  return readKafkaTable({ ...stage, columns }, use);
}
