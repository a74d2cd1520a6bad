/** JSON_ARRAYAGG and JSON_OBJECTAGG over values that are JSON already; NULL is the JSON null. */
import { comparatorOf, SqlError, type SqlValue, type StreamCall, types } from '../../../core/index.js';
import type { Accumulator, Arguments } from './accumulator.js';

/** The array of texts of JSON. */
export function jsonArray(values: readonly Arguments[]): string {
  return `[${values.map(([text]) => text ?? 'null').join(',')}]`;
}

const byText = comparatorOf(types.string());

/**
 * The object of keys and texts of JSON. A key may come again before it has gone: whether each is there once is looked at when the
 * object is said.
 */
export class JsonObject implements Accumulator {
  readonly #texts = new Map<string, (string | null)[]>();

  /** @param keepsNull whether a value that is NULL is one */
  constructor(
    private readonly call: Pick<StreamCall<unknown>, 'place'>,
    private readonly keepsNull: boolean,
  ) {}

  /** @throws {SqlError} SQL_EXECUTION for a key that is NULL */
  add([key, text]: Arguments): void {
    if (key === null) this.#fail('a key is NULL');
    if (text === null && !this.keepsNull) return;
    const known = this.#texts.get(key as string);
    if (known === undefined) this.#texts.set(key as string, [text as string | null]);
    else known.push(text as string | null);
  }

  retract([key, text]: Arguments): void {
    const known = this.#texts.get(key as string) ?? [];
    const at = known.indexOf(text as string | null);
    if (at < 0) return;
    known.splice(at, 1);
    if (known.length === 0) this.#texts.delete(key as string);
  }

  /** @throws {SqlError} SQL_EXECUTION for a key that is there twice */
  result(): string {
    const entries = [...this.#texts].sort(([a], [b]) => byText(a, b));
    const members = entries.map(([key, texts]) => {
      if (texts.length > 1) this.#fail(`the key '${key}' comes twice in a group`);
      return `${JSON.stringify(key)}:${texts[0] ?? 'null'}`;
    });
    return `{${members.join(',')}}`;
  }

  save(): SqlValue {
    return [...this.#texts];
  }

  load(saved: SqlValue): void {
    for (const [key, texts] of saved as readonly [string, readonly (string | null)[]][]) {
      this.#texts.set(key, [...texts]);
    }
  }

  #fail(why: string): never {
    const { place } = this.call;
    throw new SqlError('SQL_EXECUTION', `JSON_OBJECTAGG: ${why}.`, {
      hint: 'Leave such rows out by WHERE, or give them another value by CASE.',
      ...(place === undefined ? {} : { details: place }),
    });
  }
}
