/** Batch or streaming: what was asked for, else by whether every source ends. */
import {
  ConfigurationError,
  type ConnectorTraits,
  inputsOf,
  type LogicalPlan,
  type QueryPlan,
} from '../../core/index.js';

export type Mode = 'batch' | 'streaming';

/**
 * How the queries run. A job whose sources all end runs as batch also where streaming was asked for: its last rows are
 * those of a stream, once `omitEmptyTotals` has planned what a stream never says.
 * @throws {ConfigurationError} MODE where batch was asked for and a source does not end.
 */
export function chooseMode(
  queries: readonly QueryPlan[],
  connectors: ReadonlyMap<string, ConnectorTraits>,
  asked: Mode | null,
): { readonly mode: Mode; readonly note: string | null } {
  const unbounded = queries.flatMap((query) => unboundedTables(query.root, connectors));
  if (unbounded.length === 0) {
    const note =
      asked === 'streaming'
        ? 'mode: streaming was asked for; every source ends, so the job gives its final rows and ends'
        : null;
    return { mode: 'batch', note };
  }
  const [first] = unbounded;
  if (asked === 'batch') {
    throw new ConfigurationError('MODE', `Table ${first} never ends, and the mode is batch.`, {
      hint: "Take --mode batch away, or bound the table ('number-of-rows' for datagen).",
    });
  }
  return { mode: 'streaming', note: `mode: streaming (table ${first} has no end); stop it with Ctrl-C` };
}

function unboundedTables(plan: LogicalPlan, connectors: ReadonlyMap<string, ConnectorTraits>): string[] {
  if (plan.kind !== 'scan') return inputsOf(plan).flatMap((input) => unboundedTables(input, connectors));
  const isUnbounded = connectors.get(plan.table.connector)?.bounded(plan.table) === false;
  return isUnbounded ? [plan.table.path.at(-1)!] : [];
}
