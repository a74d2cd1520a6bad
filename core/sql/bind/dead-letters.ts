/** Dead letters into a table of the user's: which column of a letter goes where. */

import { type ObjectPath, pathText, type TableEntry } from '../../catalog/catalog.js';
import { SqlError } from '../../errors.js';
import { DEAD_LETTER_COLUMNS, DEAD_LETTER_CONNECTOR } from '../../plan/dead-letter.js';
import type { Expression } from '../../plan/expression.js';
import { columnOf } from '../../plan/expression-builders.js';
import type { PlanColumn, QueryPlan, ScanTable } from '../../plan/logical-plan.js';
import { projectOf } from '../../plan/plan-builders.js';
import { nearNames } from '../../text/near-names.js';
import { implicitlyCastable } from '../../types/common-type.js';
import type { DataType } from '../../types/data-type.js';
import { sameType } from '../../types/same-type.js';
import { typeToText } from '../../types/type-text.js';
import { withNullable } from '../../types/types.js';
import { type BindEnvironment, rootContext } from './bind-context.js';
import { coerce } from './coerce.js';
import { scanTableOf } from './table-reference.js';

/**
 * The query that writes the letters of one queue to a table. Its columns are found by name.
 * @param parts the table's name, one to three parts
 * @param queue what the scan's option `queue` says, so that the source knows whose letters it gives
 * @throws {SqlError} DEAD_LETTER_TABLE where there is no such table, or letters do not fit it; without a place
 */
export function bindDeadLetters(
  environment: BindEnvironment,
  parts: readonly string[],
  queue: string,
): QueryPlan {
  const context = rootContext(environment);
  const path = environment.catalog.qualify(parts);
  const entry = environment.catalog.relation(path);
  if (entry === null) {
    const { hint } = environment.catalog.unknownRelation(path);
    throw unfit(path, 'does not exist.', `${hint} Create it first. ${THEIR_COLUMNS}`);
  }
  if (entry.kind !== 'table') {
    throw unfit(path, 'is a view, and rows go into tables.', 'Name a table that can be written.');
  }
  checkPhysical(entry);
  const table = scanTableOf(context, entry, [], { start: 0, end: 0 }, 'write');
  const letter = DEAD_LETTER_COLUMNS.map(({ name, type }) => context.ids.column(name, type));
  const source: ScanTable = {
    path: [path.name],
    connector: DEAD_LETTER_CONNECTOR,
    options: { queue },
    columns: DEAD_LETTER_COLUMNS,
    primaryKey: [],
    partitionedBy: [],
  };
  const expressions = table.columns.map(({ name, type }) => valueFor(path, name, type, letter));
  const columns = table.columns.map(({ name }, i) => context.ids.column(name, expressions[i]!.type));
  const scan = { kind: 'scan', table: source, columns: letter, span: null } as const;
  return {
    root: projectOf(scan, columns, expressions),
    sink: { kind: 'table', table, overwrite: false, partition: null, onConflict: null },
  };
}

function checkPhysical({ path, columns }: TableEntry): void {
  const other = columns.find((column) => column.kind === 'metadata' && !column.virtual);
  if (other === undefined) return;
  throw unfit(path, `has the METADATA column '${other.name}'.`, 'Leave it out of the table.');
}

function valueFor(path: ObjectPath, name: string, type: DataType, letter: readonly PlanColumn[]): Expression {
  const column = letter.find((candidate) => candidate.name === name);
  if (column === undefined) {
    const near = nearNames(
      name,
      letter.map((candidate) => candidate.name),
    );
    throw unfit(
      path,
      `has a column '${name}', and dead letters have none of that name.`,
      near.length > 0 ? `Did you mean ${near.join(' or ')}? ${THEIR_COLUMNS}` : THEIR_COLUMNS,
    );
  }
  const value = columnOf(column);
  const isFit = sameType(column.type, type, 'ignore') || implicitlyCastable(column.type, type);
  if (!isFit) {
    throw unfit(
      path,
      `has the column '${name}' as ${typeToText(withNullable(type, true))}; of a dead letter it is ${typeToText(withNullable(column.type, true))}.`,
      THEIR_COLUMNS,
    );
  }
  if (column.type.nullable && !type.nullable) {
    throw unfit(
      path,
      `has the column '${name}' as NOT NULL; of some dead letters it is NULL.`,
      THEIR_COLUMNS,
    );
  }
  return coerce(value, type);
}

const THEIR_COLUMNS = `The table has some of these columns, in any order: ${DEAD_LETTER_COLUMNS.map(
  ({ name, type }) => `\`${name}\` ${typeToText(withNullable(type, true))}`,
).join(', ')}.`;

function unfit(path: ObjectPath, what: string, hint: string): SqlError {
  return new SqlError('DEAD_LETTER_TABLE', `Dead letters cannot go to ${pathText(path)}: it ${what}`, {
    hint,
  });
}
