/** The options of a table, read one by one; what nobody has read is unknown. */
import { ConfigurationError, nearNames, parseDuration } from '../../core/index.js';

export class OptionReader {
  readonly #asked: Set<string>;

  /**
   * @param table its name, for messages
   * @param prefix of the keys that are read, as they stand in the table
   */
  constructor(
    private readonly table: string,
    private readonly options: Readonly<Record<string, string>>,
    private readonly prefix = '',
    parent: OptionReader | null = null,
  ) {
    this.#asked = parent === null ? new Set(['connector']) : parent.#asked;
  }

  /** The options whose keys begin with `prefix`. */
  below(prefix: string): OptionReader {
    return new OptionReader(this.table, this.options, this.prefix + prefix, this);
  }

  has(key: string): boolean {
    return this.#full(key) in this.options;
  }

  text(key: string): string | null {
    this.#asked.add(this.#full(key));
    const text = this.options[this.#full(key)];
    return text === undefined ? null : this.#withVariables(text);
  }

  /** @throws {ConfigurationError} OPTION_MISSING */
  required(key: string): string {
    const value = this.text(key);
    if (value !== null && value !== '') return value;
    throw this.error('OPTION_MISSING', `the option '${this.#full(key)}' is missing`, 'Add it to WITH (…).');
  }

  flag(key: string, standard: boolean): boolean {
    return this.choice(key, ['true', 'false'], standard ? 'true' : 'false') === 'true';
  }

  /** One of `values`, whatever its case. @throws {ConfigurationError} OPTION_VALUE */
  choice<T extends string>(key: string, values: readonly T[], standard: T): T {
    const text = this.text(key);
    if (text === null) return standard;
    const found = values.find((value) => value.toLowerCase() === text.toLowerCase());
    if (found !== undefined) return found;
    throw this.wrong(key, `Values: ${values.join(', ')}.`);
  }

  /** A whole number of at least `least`. @throws {ConfigurationError} OPTION_VALUE */
  whole<T extends number | null>(key: string, standard: T, least = 0): number | T {
    const text = this.text(key);
    if (text === null) return standard;
    const value = Number(text);
    if (/^-?\d+$/.test(text.trim()) && Number.isSafeInteger(value) && value >= least) return value;
    throw this.wrong(key, `Expected a whole number of at least ${least}.`);
  }

  /** Milliseconds. @throws {ConfigurationError} OPTION_VALUE */
  duration<T extends number | null>(key: string, standard: T): number | T {
    const text = this.text(key);
    if (text === null) return standard;
    try {
      return parseDuration(text);
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      throw this.wrong(key, error.hint ?? '');
    }
  }

  /** A list with `;` between its items; null where the option is not there. */
  list(key: string): readonly string[] | null {
    const text = this.text(key);
    return text === null ? null : text.split(';').map((item) => item.trim());
  }

  /** A regular expression of whole texts; null where the option is not there. @throws {ConfigurationError} OPTION_VALUE */
  pattern(key: string): RegExp | null {
    const text = this.text(key);
    if (text === null) return null;
    try {
      return new RegExp(`^(?:${text})$`);
    } catch {
      throw this.wrong(key, 'Expected a regular expression.');
    }
  }

  /** All options below a prefix, by the rest of their keys. */
  all(prefix: string): Readonly<Record<string, string>> {
    const start = this.#full(prefix);
    const found = Object.entries(this.options).filter(([key]) => key.startsWith(start));
    for (const [key] of found) this.#asked.add(key);
    return Object.fromEntries(found.map(([key, value]) => [key.slice(start.length), value]));
  }

  /** Accepted without effect: they tune what runs otherwise here. */
  noted(...keys: readonly string[]): void {
    for (const key of keys) this.text(key);
  }

  /** Would change results and is not supported; `neutral` is the value that changes nothing, null: there is none. */
  refused(key: string, neutral: string | null): void {
    const value = this.text(key);
    if (value === null || value.toLowerCase() === neutral?.toLowerCase()) return;
    throw this.error(
      'OPTION_UNSUPPORTED',
      `option '${this.#full(key)}' = '${value}' would change the result and is not supported`,
      neutral === null ? 'Remove it.' : `Remove it, or set it to '${neutral}'.`,
    );
  }

  /** @throws {ConfigurationError} OPTION_UNKNOWN for a key that was never asked for */
  finish(): void {
    const unknown = Object.keys(this.options).find((key) => !this.#asked.has(key));
    if (unknown === undefined) return;
    const near = nearNames(unknown, [...this.#asked]);
    throw this.error(
      'OPTION_UNKNOWN',
      `unknown option '${unknown}'`,
      near.length > 0 ? `Did you mean '${near.join("' or '")}'?` : `It has: ${[...this.#asked].join(', ')}.`,
    );
  }

  wrong(key: string, hint: string): ConfigurationError {
    return this.error('OPTION_VALUE', `option '${this.#full(key)}' is '${this.text(key)}'`, hint);
  }

  error(code: string, message: string, hint: string): ConfigurationError {
    return new ConfigurationError(code, `Table ${this.table}: ${message}.`, { hint });
  }

  /** `${env:NAME}` is the value of that variable, which the plan does not have. */
  #withVariables(text: string): string {
    return text.replace(/\$\{env:(\w+)\}/g, (_, name: string) => {
      const value = process.env[name];
      if (value !== undefined) return value;
      throw this.error(
        'OPTION_VALUE',
        `the environment has no variable ${name}`,
        `Set it: ${name}=… millstream run …`,
      );
    });
  }

  #full(key: string): string {
    return this.prefix + key;
  }
}
