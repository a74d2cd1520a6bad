/** What an option is. */

/** What a value of each type is once parsed. */
export interface OptionTypes {
  string: string;
  boolean: boolean;
  integer: number;
  number: number;
  /** Milliseconds. */
  duration: number;
  /** Bytes. */
  memory: number;
  /** Values separated by commas (Flink's `python.files`). */
  list: readonly string[];
  /** `key:value,key:value`. */
  map: Readonly<Record<string, string>>;
  /** Maps separated by semicolons (Flink's `pipeline.cached-files`). */
  maps: readonly Readonly<Record<string, string>>[];
}

export type OptionType = keyof OptionTypes;

export interface Option {
  readonly type: OptionType;
  /** As text; null: there is none, `get` gives null. */
  readonly default: string | null;
  readonly meaning: string;
  /** JSON Schema of the parsed value, beyond its type. */
  readonly schema?: Readonly<Record<string, unknown>>;
}
