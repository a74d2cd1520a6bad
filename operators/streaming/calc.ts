/** Projections and conditions, row by row. */
import {
  type CalcStep,
  compile,
  type Evaluate,
  type RowSieve,
  referencedColumns,
  type SqlValue,
  type StreamOperator,
} from '../../core/index.js';
import { known } from './known-expression.js';
import { type Change, type Collector, INSERT, type Row, type RowFunction } from './row-function.js';

/** A step over the values so far: it adds some, or says that there is no row. */
type Step = (values: SqlValue[], next: (values: SqlValue[]) => void) => void;

/** Kinds of change and clocks are columns like others here. */
export class Calc implements RowFunction {
  readonly reads: readonly number[];
  readonly sieve: RowSieve | null;
  readonly #run: (values: SqlValue[], give: (values: SqlValue[]) => void) => void;
  readonly #results: readonly Evaluate[];
  /** Of the row that is computed: every step writes its own place before others read it. */
  readonly #values: SqlValue[] = [];

  constructor(spec: Extract<StreamOperator<number>, { kind: 'calc' }>) {
    const places = new Map(spec.columns.map(({ id }, i) => [id, i]));
    const placeOf = (id: string) => places.get(id);
    this.reads = spec.columns.map(({ column }) => column);
    this.sieve = sieveOf(spec);
    const steps = spec.steps.map((step) => compileStep(step, places, placeOf));
    this.#results = spec.results.map((result) => known(compile(result, placeOf)));
    this.#run = steps.reduceRight<(values: SqlValue[], give: (values: SqlValue[]) => void) => void>(
      (rest, step) => (values, give) => step(values, (more) => rest(more, give)),
      (values, give) => give(values),
    );
  }

  process(row: Row, _change: Change, _input: number, out: Collector): void {
    const values = this.#values;
    for (let i = 0; i < this.reads.length; i++) values[i] = row[this.reads[i]!]!;
    this.#run(values, (made) => {
      const results = new Array<SqlValue>(this.#results.length);
      for (let i = 0; i < results.length; i++) results[i] = this.#results[i]!(made);
      out.emit(INSERT, [], results);
    });
  }
}

/** What the first step asks of the rows as they come. */
function sieveOf({ columns, steps }: Extract<StreamOperator<number>, { kind: 'calc' }>): RowSieve | null {
  const [first] = steps;
  if (first?.kind !== 'filter') return null;
  const positions = new Map(columns.map(({ id, column }) => [id, column]));
  const test = known(compile(first.predicate, (id) => positions.get(id)));
  const read = [...referencedColumns(first.predicate)].map((id) => positions.get(id)!);
  return { columns: read, keeps: (row) => test(row) === true };
}

function compileStep(
  step: CalcStep,
  places: Map<string, number>,
  placeOf: (id: string) => number | undefined,
): Step {
  switch (step.kind) {
    case 'filter': {
      const test = known(compile(step.predicate, placeOf));
      return (values, next) => {
        if (test(values) === true) next(values);
      };
    }
    case 'compute': {
      const value = known(compile(step.expression, placeOf));
      const place = places.size;
      places.set(step.id, place);
      return (values, next) => {
        values[place] = value(values);
        next(values);
      };
    }
    case 'unnest': {
      const collection = known(compile(step.collection, placeOf));
      const place = places.size;
      places.set(step.id, place);
      return (values, next) => {
        for (const element of (collection(values) ?? []) as readonly SqlValue[]) {
          values[place] = element;
          next(values);
        }
      };
    }
  }
}
