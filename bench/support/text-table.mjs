/** A plain table for a terminal: headings, then rows of cells; numbers are right-aligned. */

/** @param rows lists of strings, one for each heading */
export function textTable(headings, rows) {
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map((row) => row[i].length)));
  const line = (cells, pad) =>
    cells
      .map((cell, i) => pad(cell, widths[i]))
      .join('  ')
      .trimEnd();
  const align = (cell, width) => (/^[\d.<≥-]/.test(cell) ? cell.padStart(width) : cell.padEnd(width));
  return [line(headings, (cell, width) => cell.padEnd(width)), ...rows.map((row) => line(row, align))].join(
    '\n',
  );
}
