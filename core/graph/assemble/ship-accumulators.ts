/** What is shipped to Python aggregates over a stream. */
import type { StreamPythonCall } from '../../plan/stream-operator.js';
import { wireLiteral } from '../../plan/wire-literal.js';
import type { Column } from '../../types/data-type.js';
import { typeToText } from '../../types/type-text.js';
import { types } from '../../types/types.js';
import type { AccumulateStream, OverStream } from '../python-stream.js';
import type { CallArgument, CallStep } from '../stage-graph.js';
import type { Shipment } from './function-stage.js';
import { shippedColumns } from './shipped-columns.js';

/** Rows with the accumulators of their groups. */
export function accumulateShipping(
  operator: AccumulateStream['operator'],
  input: readonly Column[],
): Shipment<AccumulateStream> {
  const { shipped, ship, copied, placeOf } = shippedColumns(input);
  const group = ship(types.notNull(types.int()));
  const retracts = operator.inputs[0]!.change === null ? null : ship(types.notNull(types.boolean()));
  const continues = ship(types.notNull(types.boolean()));
  const accumulators = operator.python.map(() => ship(types.bytes()));
  const counted = operator.python.map((call) =>
    call.distinct || call.filter !== null ? ship(types.notNull(types.boolean())) : null,
  );
  const steps = operator.python.map((call, i) => callStep(call, counted[i]!, placeOf));
  const state = { group, retracts, continues, accumulators };
  return { stream: { kind: 'accumulate', operator, shipped, copied, state, counted }, steps };
}

/** The rows of frames, once for each frame that they are in. */
export function overShipping(
  operator: OverStream['operator'],
  input: readonly Column[],
): Shipment<OverStream> {
  const { shipped, ship, copied, placeOf } = shippedColumns(input);
  const group = ship(types.notNull(types.int()));
  const continues = ship(types.notNull(types.boolean()));
  const accumulators = operator.python.map(() => ship(types.bytes()));
  const [{ frame }] = operator.python as [OverStream['operator']['python'][number]];
  const isOne = operator.python.every((call) => JSON.stringify(call.frame) === JSON.stringify(frame));
  const counted = operator.python.map(() => (isOne ? null : ship(types.notNull(types.boolean()))));
  const steps = operator.python.map((call, i) => callStep(call, counted[i]!, placeOf));
  const state = { group, retracts: null, continues, accumulators };
  return { stream: { kind: 'over', operator, shipped, copied, state, counted }, steps };
}

/** The operator says which rows count, of DISTINCT too. */
function callStep(
  call: StreamPythonCall<number>,
  counted: number | null,
  placeOf: (column: number) => number,
): CallStep {
  const argument = (given: StreamPythonCall<number>['arguments'][number]): CallArgument =>
    given.kind === 'column'
      ? { kind: 'column', column: placeOf(given.column) }
      : { kind: 'literal', value: wireLiteral(given.type, given.value), type: typeToText(given.type) };
  return {
    function: call.function,
    arguments: call.arguments.map(argument),
    argumentNames: call.argumentNames,
    guard: null,
    resultType: typeToText(call.type),
    distinct: false,
    filter: counted,
    frame: null,
  };
}
