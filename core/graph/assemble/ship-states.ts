/** What is shipped to a process function: rows with the state of their key, and keys whose time has come. */
import type { Column } from '../../types/data-type.js';
import { typeToText } from '../../types/type-text.js';
import { types } from '../../types/types.js';
import type { ProcessStream } from '../python-stream.js';
import type { CallStep } from '../stage-graph.js';
import type { Shipment } from './function-stage.js';
import { shippedColumns } from './shipped-columns.js';

/** A key without rows has no columns of a table, and a row those of its own only. */
export function processShipping(
  operator: ProcessStream['operator'],
  input: readonly Column[],
): Shipment<ProcessStream> {
  const { shipped, ship, copied, placeOf } = shippedColumns(input);
  const process = {
    group: ship(types.notNull(types.int())),
    isRow: ship(types.notNull(types.boolean())),
    timestamp: ship(types.bigint()),
    clock: ship(types.bigint()),
    until: ship(types.bigint()),
    state: ship(types.bytes()),
    window: operator.tables.some((table) => table.window !== null)
      ? { start: ship(types.bigint()), end: ship(types.bigint()), ofKey: operator.perWindow }
      : null,
    member: operator.tag === null ? null : ship(types.int()),
    broadcast: operator.tables.some((table) => table.isBroadcast) ? ship(types.bytes()) : null,
  };
  const keys = operator.keys.map((key) => ship({ ...input[key]!.type, nullable: true }));
  const step: CallStep = {
    function: operator.function,
    arguments: operator.tables.map(({ columns }, member) => ({
      kind: 'table',
      member,
      columns: columns.map(({ column }) => placeOf(column, true)),
      names: columns.map(({ name }) => name),
    })),
    argumentNames: operator.argumentNames,
    guard: null,
    resultType: typeToText(operator.type),
    distinct: false,
    filter: null,
    frame: null,
  };
  return { stream: { kind: 'process', operator, shipped, copied, process, keys }, steps: [step] };
}
