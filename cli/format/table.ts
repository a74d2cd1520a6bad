/** `--format table`: aligned columns for people. The first rows decide the widths, so that output can stream. */
import type { Column, TypeKind } from '../../core/index.js';
import type { ResultBatch } from '../../operators/index.js';
import { displayWidth, fitText, oneLine } from './display-width.js';
import { plainText } from './plain-text.js';
import type { RowFormat } from './row-format.js';

const NUMBERS: ReadonlySet<TypeKind> = new Set([
  'TINYINT',
  'SMALLINT',
  'INT',
  'BIGINT',
  'FLOAT',
  'DOUBLE',
  'DECIMAL',
]);
const NARROWEST = 4;
const SCREENFUL = 50;

/** Numbers to the right, NULL as `NULL`, long values cut with `…`; results with updates show `op` first. */
export class TableFormat implements RowFormat {
  private columns: readonly Column[] = [];
  private held: string[][] = [];
  private widths: number[] | null = null;
  private withChanges = false;

  /**
   * @param terminalColumns cells of a line; null: as wide as the values are (output into a file or pipe)
   * @param holdsBack true: a screenful of rows is held back to find the widths; false (rows that must show at
   * once): the first batch decides
   */
  constructor(
    private readonly terminalColumns: number | null,
    private readonly holdsBack: boolean,
  ) {}

  begin(columns: readonly Column[]): string {
    this.columns = columns;
    return '';
  }

  rows(batch: ResultBatch): string {
    let text = '';
    for (let row = 0; row < batch.rows; row++) {
      const cells = this.cells(batch, row);
      if (this.widths !== null) {
        text += this.line(cells);
        continue;
      }
      this.withChanges ||= batch.changes !== null;
      this.held.push(cells);
      if (this.held.length >= SCREENFUL) text += this.release();
    }
    if (!this.holdsBack && this.widths === null) text += this.release();
    return text;
  }

  end(): string {
    return (this.widths === null ? this.release() : '') + this.rule('└', '┴', '┘');
  }

  private cells(batch: ResultBatch, row: number): string[] {
    const cells: string[] = batch.changes === null ? [] : [batch.changes[row] ?? '+I'];
    for (let column = 0; column < this.columns.length; column++) {
      cells.push(oneLine(plainText(batch.jsonText(row, column)) ?? 'NULL'));
    }
    return cells;
  }

  /** Fixes the widths by the header and the rows held back, and gives these out. */
  private release(): string {
    const header = [...(this.withChanges ? ['op'] : []), ...this.columns.map(({ name }) => oneLine(name))];
    const natural = header.map((name, column) =>
      Math.max(displayWidth(name), ...this.held.map((cells) => displayWidth(cells[column] ?? ''))),
    );
    this.widths = this.terminalColumns === null ? natural : shrink(natural, this.terminalColumns);
    const lines = this.held.map((cells) => this.line(cells)).join('');
    this.held = [];
    return this.rule('┌', '┬', '┐') + this.line(header) + this.rule('├', '┼', '┤') + lines;
  }

  private line(cells: readonly string[]): string {
    const fitted = (this.widths ?? []).map((width, column) =>
      fitText(cells[column] ?? '', width, this.isNumber(column)),
    );
    return `│ ${fitted.join(' │ ')} │\n`;
  }

  private isNumber(column: number): boolean {
    const kind = this.columns[this.withChanges ? column - 1 : column]?.type.kind;
    return kind !== undefined && NUMBERS.has(kind);
  }

  private rule(left: string, middle: string, right: string): string {
    return `${left}${(this.widths ?? []).map((width) => '─'.repeat(width + 2)).join(middle)}${right}\n`;
  }
}

/** Takes cells from the widest columns until the line fits; no column gets narrower than four cells. */
function shrink(natural: readonly number[], lineWidth: number): number[] {
  const available = lineWidth - 1 - 3 * natural.length;
  const widths = [...natural];
  let excess = widths.reduce((sum, width) => sum + width, 0) - available;
  while (excess > 0) {
    const widest = widths.indexOf(Math.max(...widths));
    if ((widths[widest] ?? 0) <= NARROWEST) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}
