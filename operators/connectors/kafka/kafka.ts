/** The connectors `kafka` and `upsert-kafka`. */
import type { ScanTable } from '../../../core/index.js';
import type { Connector } from '../connector.js';
import { declarationOf } from '../declaration.js';
import { OptionReader } from '../option-reader.js';
import { readEnd } from './kafka-offsets.js';
import { KafkaSink } from './kafka-sink.js';
import { KafkaSource } from './kafka-source.js';
import { KAFKA_WRITTEN_METADATA, kafkaMetadata, readKafkaTable } from './kafka-table.js';

/** Records are rows that come, or with a format of changes rows that come and go. */
export const KAFKA: Connector = {
  traits: {
    source: 'rows',
    sink: 'rows',
    hasPosition: true,
    hasSplits: true,
    bounded: isBounded,
    check: (table, use) => void readKafkaTable(declarationOf(table), use),
    gives: (table) => (readKafkaTable(declarationOf(table), 'read').value.format.changes ? 'all' : 'insert'),
    takes: (table) => (readKafkaTable(declarationOf(table), 'write').value.format.changes ? 'all' : 'insert'),
    metadata: (table, use) =>
      use === 'read' ? kafkaMetadata(readKafkaTable(declarationOf(table), 'read')) : KAFKA_WRITTEN_METADATA,
  },
  source: (stage, host) => new KafkaSource(stage, readKafkaTable(declarationOf(stage), 'read'), host),
  sink: (stage, host) => new KafkaSink(stage, readKafkaTable(declarationOf(stage), 'write'), host),
};

/** Records with a primary key: the last one of a key is its row, one without a value removes it. */
export const UPSERT_KAFKA: Connector = {
  ...KAFKA,
  traits: { ...KAFKA.traits, hasSplits: false, gives: () => 'upsert', takes: () => 'upsert' },
};

function isBounded({ path, options }: ScanTable): boolean {
  return readEnd(new OptionReader(path.at(-1)!, options)) !== null;
}
