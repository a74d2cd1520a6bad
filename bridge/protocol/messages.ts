/**
 * Worker protocol, version 1: every message between the core and a worker. `null`, never a missing property.
 *
 * Two DEALER–DEALER pairs for each worker, control and data. The core binds both, the worker connects and speaks first.
 * Messages have the same names and properties in the same order in `messages.schema.json` and in `control_messages.py`,
 * `instructions.py` and `data_messages.py` of `python-udf/millstream/_worker`.
 */
import type { Heartbeat, Hello, Instruction, Log, Metrics, Reply, Welcome } from './control-messages.js';
import type {
  Arena,
  BatchMessage,
  Credit,
  Done,
  End,
  Failed,
  FailedRows,
  Release,
  SchemaMessage,
} from './data-messages.js';

export type {
  CallArgument,
  CallStep,
  MetricValue,
  RowGroup,
  Split,
  SplitFile,
  SplitPredicate,
} from '../../core/index.js';
export type * from './control-messages.js';
export type * from './data-messages.js';
export type * from './instructions.js';

export const PROTOCOL_VERSION = 1;

export type ControlFromWorker = Hello | Reply | Heartbeat | Log | Metrics;
export type ControlToWorker = Welcome | Instruction;
export type DataMessage =
  | SchemaMessage
  | Arena
  | Release
  | BatchMessage
  | End
  | Credit
  | Done
  | FailedRows
  | Failed;
export type DataFromWorker = Exclude<DataMessage, Arena>;
