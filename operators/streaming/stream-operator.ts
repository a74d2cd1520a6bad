/** Each streaming operator of a graph → what runs it. */
import {
  HeapState,
  InternalError,
  type Operator,
  type OperatorSurroundings,
  type PythonStage,
  type PythonStream,
  type StateBackend,
  type StreamOperator,
  type StreamStage,
} from '../../core/index.js';
import type { StageCalls } from '../stages/stage-calls.js';
import { Arrival } from './arrival.js';
import { Calc } from './calc.js';
import { FirstRow } from './first-row.js';
import { FoldedJoin } from './folded-join.js';
import { GroupAggregate } from './group-aggregate.js';
import { HopAggregate } from './hop-aggregate.js';
import { Join } from './join.js';
import { LastRow } from './last-row.js';
import { Materialize } from './materialize.js';
import { MiniBatch, type MiniBatchLimits } from './mini-batch.js';
import { Normalize } from './normalize.js';
import { OverAggregate } from './over-aggregate.js';
import { Accumulate } from './python/accumulate.js';
import { AccumulateOver } from './python/accumulate-over.js';
import { AccumulateWindow } from './python/accumulate-window.js';
import { Process } from './python/process.js';
import { processBy } from './python/process-keys.js';
import { updatesBy } from './python/update-groups.js';
import { Rank } from './rank.js';
import type { RowFunction } from './row-function.js';
import { RowOperator } from './row-operator.js';
import { SessionWindow } from './session-window.js';
import { Settle } from './settle.js';
import { SortedOver } from './sorted-over.js';
import { TemporalJoin } from './temporal-join.js';
import { TimeSort } from './time-sort.js';
import { Union } from './union.js';
import { UpsertConflicts } from './upsert-conflicts.js';
import { UpsertMaterialize } from './upsert-materialize.js';
import { type EventTimeSettings, STANDARD_EVENT_TIME, WatermarkOperator } from './watermark-operator.js';
import { WindowAggregate } from './window-aggregate.js';
import { WindowRank } from './window-rank.js';

/** Makes the state of an operator from what a checkpoint has of it; null: it begins. */
export type OpenState = (snapshot: Uint8Array | null) => HeapState;

const inMemory: OpenState = (snapshot) => new HeapState(snapshot);

/** The operator of a stream stage; `limits` are those of a mini-batch. */
export function streamOperator(
  stage: StreamStage,
  job: OperatorSurroundings,
  openState: OpenState = inMemory,
  limits: MiniBatchLimits | null = null,
  eventTime: EventTimeSettings = STANDARD_EVENT_TIME,
): Operator {
  const { operator } = stage;
  const state = openState(job.restored?.get(stage.id) ?? null);
  return operator.kind === 'watermark'
    ? new WatermarkOperator({ ...stage, operator }, job, state, eventTime)
    : new RowOperator(
        stage,
        job,
        folding(operator, rowFunction(operator, state), limits),
        state,
        null,
        collecting(operator, limits),
      );
}

/** What changes its results collects rows, as in Flink: groups without a window, regular joins, the last row of each key. */
function collecting(operator: StreamOperator<number>, limits: MiniBatchLimits | null): MiniBatch {
  return new MiniBatch(collects(operator) ? limits : null);
}

function collects(operator: StreamOperator<number>): boolean {
  switch (operator.kind) {
    case 'aggregate':
    case 'accumulate':
      return operator.windowTime === null;
    case 'join':
      return operator.left === null && operator.right === null;
    case 'last_row':
      return true;
    case 'rank':
      return operator.isLatestFirst === true && operator.keys.length > 0 && operator.to === 1;
    default:
      return false;
  }
}

function folding(
  operator: StreamOperator<number>,
  rows: RowFunction,
  limits: MiniBatchLimits | null,
): RowFunction {
  const isFolded = operator.kind === 'join' && limits !== null && collects(operator);
  return isFolded ? new FoldedJoin(operator, rows) : rows;
}

/** The operator of a Python stage that has a `stream`; `calls` are its workers. */
export function pythonStreamOperator(
  stage: PythonStage,
  stream: PythonStream,
  calls: StageCalls,
  job: OperatorSurroundings,
  openState: OpenState = inMemory,
  limits: MiniBatchLimits | null = null,
): Operator {
  const state = openState(job.restored?.get(stage.id) ?? null);
  const { operator } = stream;
  const rows = pythonFunction(stage, stream, calls, job, state);
  return new RowOperator({ ...stage, operator }, job, rows, state, calls, collecting(operator, limits));
}

function pythonFunction(
  { parallelism }: PythonStage,
  stream: PythonStream,
  calls: StageCalls,
  { schemas }: OperatorSurroundings,
  state: StateBackend,
): RowFunction {
  if (stream.kind === 'process') {
    return new Process(stream, processBy(stream, calls, parallelism, schemas), state);
  }
  const update = updatesBy(stream, calls, parallelism, schemas);
  if (stream.kind === 'over') return new AccumulateOver(stream, update, state);
  const { windowTime } = stream.operator;
  return windowTime === null
    ? new Accumulate(stream, update, state)
    : new AccumulateWindow(stream, windowTime, update, state);
}

function rowFunction(
  spec: Exclude<StreamOperator<number>, { kind: 'watermark' }>,
  state: StateBackend,
): RowFunction {
  switch (spec.kind) {
    case 'arrival':
      return new Arrival(state);
    case 'calc':
      return new Calc(spec);
    case 'aggregate':
      return spec.windowTime === null
        ? new GroupAggregate(spec, state)
        : new WindowAggregate(spec, spec.windowTime, state);
    case 'hop':
      return new HopAggregate(spec, state);
    case 'accumulate':
    case 'accumulate_over':
    case 'process':
    case 'lookup':
      throw new InternalError('INTERNAL', 'What is asked outside has nobody to ask here.');
    case 'settle':
      return new Settle(spec, state);
    case 'session':
      return new SessionWindow(spec, state);
    case 'over':
      return new OverAggregate(spec, state);
    case 'sorted_over':
      return new SortedOver(spec, state);
    case 'rank':
      return spec.windowTime === null ? new Rank(spec, state) : new WindowRank(spec, spec.windowTime, state);
    case 'first_row':
      return new FirstRow(spec, state);
    case 'last_row':
      return new LastRow(spec, state);
    case 'normalize':
      return new Normalize(spec, state);
    case 'upsert':
      return new UpsertMaterialize(spec, state);
    case 'conflict':
      return new UpsertConflicts(spec, state);
    case 'join':
      return new Join(spec, state);
    case 'temporal_join':
      return new TemporalJoin(spec, state);
    case 'union':
      return new Union(spec);
    case 'sort':
      return new TimeSort(spec, state);
    case 'materialize':
      return new Materialize(spec, state);
  }
}
