/** A job file as plain data; its JSON Schema is `job-file.schema.json`. */

/** Values of options: written as text into SQL. */
export type OptionValues = Readonly<Record<string, string | number | boolean>>;

export interface JobFileContent {
  readonly sql: string | readonly string[] | { readonly file: string };
  readonly mode?: 'batch' | 'streaming';
  readonly functions?: Readonly<Record<string, string | FunctionEntry>>;
  readonly tables?: Readonly<Record<string, TableEntry>>;
  readonly environment?: EnvironmentEntry;
  readonly resources?: { readonly memory?: string; readonly parallelism?: number };
  /** Job parameters of functions. */
  readonly parameters?: OptionValues;
  /** JSON Schema of `parameters`. */
  readonly parameterSchema?: Readonly<Record<string, unknown>>;
  /** Paths by the names that functions know them by. */
  readonly files?: Readonly<Record<string, string>>;
  readonly options?: OptionValues;
}

/** `target` is `module.attribute`; everything else is an option of the function (memory, cpus, …). */
export type FunctionEntry = { readonly target: string } & OptionValues;

export interface TableEntry {
  /** SQL type text by column name, or `AS expression`; the order counts. */
  readonly columns: Readonly<Record<string, string>>;
  readonly options: OptionValues;
}

export interface EnvironmentEntry {
  readonly executable?: string;
  readonly requirements?: string;
  readonly files?: readonly string[];
  readonly archives?: readonly string[];
}
