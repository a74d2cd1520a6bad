/** Built-ins that DuckDB cannot say: Python over Arrow columns inside the relational worker (`millstream/_builtins`). */

const PREFIX = 'flink_';
const CALL = /\bflink_([a-z0-9_]+)\(/g;

/** The call of a function of `millstream/_builtins`. */
export function hostCall(name: string, ...args: readonly string[]): string {
  return `${PREFIX}${name}(${args.join(', ')})`;
}

/** The built-ins that a rendered statement computes in Python, in alphabetical order: EXPLAIN names them. */
export function hostCalls(sql: string): readonly string[] {
  const withoutTexts = sql.replace(/'(?:[^']|'')*'/g, "''");
  return [...new Set([...withoutTexts.matchAll(CALL)].map((match) => match[1]!.toUpperCase()))].sort();
}
