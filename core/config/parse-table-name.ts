/** Names of tables as values of options. */

/** One to three parts, in backticks where they are no plain words: `failed`, `db.failed`, `` `my db`.failed ``. */
export const TABLE_NAME = /^(?:[\w$]+|`(?:[^`]|``)+`)(?:\.(?:[\w$]+|`(?:[^`]|``)+`)){0,2}$/;

/** The parts of a name that matches `TABLE_NAME`. */
export function parseTableName(text: string): string[] {
  return [...text.matchAll(/[\w$]+|`(?:[^`]|``)+`/g)].map(([part]) =>
    part.startsWith('`') ? part.slice(1, -1).replaceAll('``', '`') : part,
  );
}
