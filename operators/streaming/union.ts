/** UNION ALL: the rows of all inputs as they come. */
import type { StreamOperator } from '../../core/index.js';
import type { Change, Collector, Row, RowFunction } from './row-function.js';

export class Union implements RowFunction {
  constructor(private readonly spec: Extract<StreamOperator<number>, { kind: 'union' }>) {}

  process(row: Row, change: Change, input: number, out: Collector): void {
    out.emit(
      change,
      [],
      this.spec.columns[input]!.map((column) => row[column]!),
    );
  }
}
