/** The rows of a source in the column groups of its exchange. */
import {
  BatchEncoder,
  type ColumnGroup,
  type ColumnValues,
  type OperatorSurroundings,
  type SourceStage,
} from '../../core/index.js';

/** Column groups of so many rows, from the values of each column of the stage. @throws {SourceError} VALUE_TYPE */
export type EncodeGroups = (rows: number, values: readonly ColumnValues[]) => ColumnGroup[];

export function groupEncoder(
  { columns, output }: SourceStage,
  { graph, schemas }: OperatorSurroundings,
): EncodeGroups {
  const { groups } = graph.exchanges.find(({ id }) => id === output)!;
  const encoders = groups.map((positions) => ({
    positions,
    encoder: new BatchEncoder(
      positions.map((position) => columns[position]!),
      schemas,
    ),
  }));
  return (rows, values) =>
    encoders.flatMap(
      ({ positions, encoder }) =>
        encoder.encode(
          rows,
          positions.map((position) => values[position]!),
        ).groups,
    );
}
