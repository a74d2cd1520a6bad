/** The rows of a source in the column groups of its exchange. */
import {
  BatchEncoder,
  type BatchRow,
  type ColumnGroup,
  type ColumnValues,
  type OperatorSurroundings,
  type SourceStage,
  type SqlValue,
} from '../../core/index.js';

/** Column groups of so many rows, from the values of each column of the stage. @throws {SourceError} VALUE_TYPE */
export type EncodeGroups = (rows: number, values: readonly ColumnValues[]) => ColumnGroup[];

/** @param isExact the values fit their types: where an operator of the core reads them they stay rows, unchecked */
export function groupEncoder(
  { columns, output }: SourceStage,
  { graph, schemas }: OperatorSurroundings,
  isExact = false,
): EncodeGroups {
  const { groups } = graph.exchanges.find(({ id }) => id === output)!;
  const isReadAsRows =
    isExact && graph.stages.some(({ kind, inputs }) => kind === 'stream' && inputs.includes(output!));
  const encoders = groups.map((positions) => ({
    positions,
    encoder: new BatchEncoder(
      positions.map((position) => columns[position]!),
      schemas,
    ),
  }));
  return (rows, values) =>
    encoders.flatMap(({ positions, encoder }) => {
      const own = positions.map((position) => values[position]!);
      const made = isReadAsRows ? rowsOf(rows, own) : null;
      return (made === null ? encoder.encode(rows, own) : encoder.rows(made)).groups;
    });
}

/** The columns as rows; null where a column is not a list of values. */
function rowsOf(rows: number, columns: readonly ColumnValues[]): BatchRow[] | null {
  const lists = columns.filter(Array.isArray) as readonly (readonly SqlValue[])[];
  if (lists.length < columns.length) return null;
  return Array.from({ length: rows }, (_, row) => {
    const values = new Array<SqlValue>(lists.length);
    for (let i = 0; i < lists.length; i++) values[i] = lists[i]![row]!;
    return values;
  });
}
