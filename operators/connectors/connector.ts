/** What a connector of tables outside is; `connectors.ts` has them all. */
import type {
  Clock,
  ConnectorTraits,
  Operator,
  OperatorSurroundings,
  SinkStage,
  SourceOperator,
  SourceStage,
} from '../../core/index.js';
import type { FileOutput } from '../file-output.js';
import type { LookupRequest, LookupTable } from '../streaming/lookup/lookup-table.js';
import type { RejectedRecord } from './rejected-records.js';

/** What the operators of a connector are given beside their stage. */
export interface ConnectorHost {
  readonly job: OperatorSurroundings;
  readonly clock: Clock;
  /** Against which relative paths are resolved. */
  readonly workingDirectory: string;
  /** The job takes checkpoints. */
  readonly isCheckpointed: boolean;
  /** Between two checkpoints; null: none are taken but savepoints, by hand. */
  readonly checkpointIntervalMs: number | null;
  /** What earlier attempts of the job made outside and could not remove, by names that say where it is. */
  readonly leftBehind: Set<string>;
  /** Tells the user, on standard error. */
  readonly onNote: (text: string) => void;
  /** Writes records that a source gives up where dead letters go, and says where that is. @throws {SinkError} DEAD_LETTER_WRITE */
  readonly writeRejected: (stage: string, records: readonly RejectedRecord[]) => Promise<string>;
}

export interface Connector {
  readonly traits: ConnectorTraits;
  source?(stage: SourceStage, host: ConnectorHost): SourceOperator;
  sink?(stage: SinkStage, host: ConnectorHost): Operator;
  /** There where the traits say `rows-in-files`: what writes one part. */
  fileWriter?(stage: SinkStage, host: ConnectorHost, output: FileOutput): Operator;
  /** There where the traits say `hasLookup`. */
  lookup?(request: LookupRequest, host: ConnectorHost): LookupTable;
}
