/** Joins rows with what a table outside has for their keys when they come. */
import {
  compile,
  HeapState,
  type KeyedState,
  plain,
  type SqlValue,
  type StateBackend,
  type StreamOperator,
} from '../../../core/index.js';
import { known } from '../known-expression.js';
import { type Change, type Collector, isAddition, type Row, type RowFunction } from '../row-function.js';
import { contentKey, hasNull, rowKey } from '../value-key.js';
import type { LookupCache } from './lookup-cache.js';
import type { LookupTable } from './lookup-table.js';

type Spec = Extract<StreamOperator<number>, { kind: 'lookup' }>;

/** A row that waits for the end of its batch. */
interface Waiting {
  readonly row: Row;
  readonly change: Change;
  /** Null: a key is NULL, which no row has. */
  readonly key: string | null;
  readonly clockMs: number;
}

/**
 * All keys of a batch that are not in the cache are asked for at once; rows leave in their order, also where some are asked for again. Where rows change, what
 * was given for one is remembered until it goes: it is taken back as it was, whatever the table has by then.
 */
export class LookupJoin implements RowFunction {
  readonly #keys: readonly number[];
  readonly #meets: ((row: Row, fields: Row) => boolean) | null;
  /** For equal rows what each was given, in their order; null: rows only come. */
  readonly #given: KeyedState<(readonly Row[])[]> | null;
  readonly #nulls: Row;
  #waiting: Waiting[] = [];
  #clockMs = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly spec: Spec,
    private readonly table: Pick<LookupTable, 'find'>,
    private readonly cache: LookupCache | null,
    /** Resolves so many milliseconds later; rejects where the job ends before that. */
    private readonly pause: (ms: number) => Promise<void>,
    state: StateBackend = new HeapState(),
  ) {
    this.#keys = spec.keys.map(({ column }) => column);
    this.#meets = spec.condition === null ? null : condition(spec.condition);
    this.#nulls = spec.table.fields.map(() => null);
    const isChanging = spec.inputs[0]!.change !== null;
    this.#given = isChanging ? state.keyed('given', plain<(readonly Row[])[]>(), { expires: true }) : null;
  }

  process(row: Row, change: Change): void {
    const key = hasNull(row, this.#keys) ? null : rowKey(row, this.#keys);
    this.#waiting.push({ row, change, key, clockMs: this.#clockMs });
  }

  advance(watermarkMs: number): void {
    this.#clockMs = watermarkMs;
  }

  async endBatch(out: Collector): Promise<void> {
    if (this.#waiting.length === 0) return;
    const waiting = this.#waiting;
    this.#waiting = [];
    const answers = await this.#answers(waiting);
    for (const item of waiting) {
      const { row, change, key, clockMs } = item;
      const rows = isAddition(change)
        ? this.#met(row, key === null ? [] : answers.get(key)!)
        : this.#takeBack(row);
      if (rows === null) continue;
      if (isAddition(change)) this.#remember(row, rows);
      for (const fields of rows) out.emit(change, [row], [...fields, true], clockMs);
      if (rows.length === 0 && this.spec.type === 'left') {
        out.emit(change, [row], [...this.#nulls, false], clockMs);
      }
    }
  }

  async #answers(waiting: readonly Waiting[]): Promise<Map<string, readonly Row[]>> {
    const answers = new Map<string, readonly Row[]>();
    const asked = new Map<string, Row>();
    for (const { row, change, key } of waiting) {
      if (key === null || !isAddition(change) || answers.has(key) || asked.has(key)) continue;
      const known = this.cache?.get(key);
      const isMissing = known?.length === 0 && this.spec.retry !== null;
      if (known !== undefined && !isMissing) answers.set(key, known);
      else
        asked.set(
          key,
          this.#keys.map((column) => row[column]!),
        );
    }
    if (asked.size === 0) return answers;
    for (const [key, rows] of await this.#found(asked)) {
      answers.set(key, rows);
      this.cache?.set(key, rows);
    }
    return answers;
  }

  /** What the table has for each key. What it does not have it is asked for again, where the query says so. */
  async #found(asked: ReadonlyMap<string, Row>): Promise<Map<string, readonly Row[]>> {
    const { retry } = this.spec;
    const found = new Map<string, readonly Row[]>();
    let missing = [...asked];
    for (let attempt = 0; ; attempt++) {
      const answers = await this.table.find(missing.map(([, keys]) => keys));
      missing.forEach(([key], i) => {
        found.set(key, answers[i]!);
      });
      missing = missing.filter(([key]) => found.get(key)!.length === 0);
      if (missing.length === 0 || retry === null || attempt === retry.maxAttempts) return found;
      await this.pause(retry.fixedDelayMs);
    }
  }

  #met(row: Row, rows: readonly Row[]): readonly Row[] {
    const meets = this.#meets;
    return meets === null ? rows : rows.filter((fields) => meets(row, fields));
  }

  #remember(row: Row, rows: readonly Row[]): void {
    if (this.#given === null) return;
    const key = contentKey(row, this.spec.inputs[0]!);
    const given = this.#given.get(key) ?? [];
    given.push(rows);
    this.#given.set(key, given);
  }

  /** Null: the row was never given, or has been forgotten. */
  #takeBack(row: Row): readonly Row[] | null {
    const key = contentKey(row, this.spec.inputs[0]!);
    const given = this.#given?.get(key);
    const rows = given?.shift();
    if (given === undefined || rows === undefined) return null;
    if (given.length === 0) this.#given!.delete(key);
    else this.#given!.set(key, given);
    return rows;
  }
}

function condition({ predicate, columns, fields }: NonNullable<Spec['condition']>) {
  const places = new Map([...columns, ...fields].map(({ id }, place) => [id, place]));
  const evaluate = known(compile(predicate, (id) => places.get(id)));
  return (row: Row, found: Row): boolean => {
    const values: SqlValue[] = columns.map(({ column }) => row[column]!);
    for (const { field } of fields) values.push(found[field]!);
    return evaluate(values) === true;
  };
}
