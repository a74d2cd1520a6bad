/** What a job has to be for the transactions of its Kafka sinks. */
import { ConfigurationError, type SinkStage, type StageGraph } from '../../../core/index.js';
import type { KafkaProperties } from './kafka-client.js';

const HINT = "SET 'execution.checkpointing.interval' and 'execution.checkpointing.dir'.";

/**
 * Holds an exactly-once table to checkpoints that commit its transactions in time.
 * @param checkpointIntervalMs null: none are taken but savepoints, by hand
 * @throws {ConfigurationError} OPTION_VALUE
 */
export function checkCommits(
  table: string,
  { transactionTimeoutMs }: Pick<KafkaProperties, 'transactionTimeoutMs'>,
  graph: StageGraph,
  checkpointIntervalMs: number | null,
): void {
  const begins = `Table ${table}: 'sink.delivery-guarantee' = 'exactly-once' shows records when a checkpoint is complete`;
  if (checkpointIntervalMs === null) {
    const ends = graph.stages.every((stage) => stage.kind !== 'source' || stage.bounded);
    if (ends) return;
    throw new ConfigurationError('OPTION_VALUE', `${begins}, and the job takes none.`, { hint: HINT });
  }
  if (checkpointIntervalMs < transactionTimeoutMs) return;
  throw new ConfigurationError(
    'OPTION_VALUE',
    `${begins}, and the brokers give a transaction up before: the interval is ${checkpointIntervalMs} ms, 'properties.transaction.timeout.ms' ${transactionTimeoutMs} ms.`,
    {
      hint: "Take a shorter 'execution.checkpointing.interval', or a longer timeout (brokers allow transaction.max.timeout.ms, 900000 by default).",
    },
  );
}

/** What tells the sinks of a job apart, also those into one table, and into tables of one name in two databases. */
export function sinkName({ id, connector, table }: SinkStage, graph: StageGraph): string {
  const alike = graph.stages.filter(
    (stage) => stage.kind === 'sink' && stage.connector === connector && stage.table === table,
  );
  return `${table}-${alike.findIndex((stage) => stage.id === id)}`;
}
