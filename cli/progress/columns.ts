/** Small aligned tables on stderr. */
import { displayWidth } from '../format/display-width.js';

/**
 * Lines of a table: the first row is the heading; `leftColumns` columns are aligned to the left, the rest to the
 * right. Two spaces stand between columns.
 */
export function alignColumns(rows: readonly (readonly string[])[], leftColumns: number): string[] {
  const count = Math.max(0, ...rows.map((row) => row.length));
  const widths = Array.from({ length: count }, (_, column) =>
    Math.max(...rows.map((row) => displayWidth(row[column] ?? ''))),
  );
  return rows.map((row) =>
    row
      .map((cell, column) => {
        const padding = ' '.repeat((widths[column] ?? 0) - displayWidth(cell));
        return column < leftColumns ? cell + padding : padding + cell;
      })
      .join('  ')
      .trimEnd(),
  );
}
