/** Small pieces of DuckDB SQL text: names, strings, parentheses. */

/** A name in double quotes where it needs them: plain lower-case words stay as they are. */
export function quoteIdentifier(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** A string constant. */
export function quoteString(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** The SQL as an operand: in parentheses unless it is a name, a constant or a call already. */
export function operand(sql: string): string {
  return isAtom(sql) ? sql : `(${sql})`;
}

/** `CAST(sql AS type)`. */
export function castTo(sql: string, type: string): string {
  return `CAST(${sql} AS ${type})`;
}

const NAME_OR_NUMBER =
  /^(?:[A-Za-z_0-9.]+|"(?:[^"]|"")*"(?:\."(?:[^"]|"")*"|\.[a-z_0-9]+)*|[a-z_0-9]+\."(?:[^"]|"")*")$/;
const STRING = /^'(?:[^']|'')*'$/;
const CALL_START = /^(?:[A-Za-z_][A-Za-z_0-9]*)?[([]/;

function isAtom(sql: string): boolean {
  if (NAME_OR_NUMBER.test(sql) || STRING.test(sql)) return true;
  if (/^CASE\b/.test(sql)) return false;
  const start = CALL_START.exec(sql);
  return start !== null && closingBracket(sql, start[0].length - 1) === sql.length - 1;
}

/** Position of the bracket that closes the one at `open`, quotes respected; -1: none. */
function closingBracket(sql: string, open: number): number {
  let depth = 0;
  let quote = '';
  for (let i = open; i < sql.length; i++) {
    const c = sql[i]!;
    if (quote !== '') {
      if (c === quote) quote = '';
    } else if (c === "'" || c === '"') quote = c;
    else if (c === '(' || c === '[') depth++;
    else if ((c === ')' || c === ']') && --depth === 0) return i;
  }
  return -1;
}

/** Words that DuckDB 1.5 does not take as a bare column name (`duckdb_keywords()`, reserved), and type names that confuse readers. */
const RESERVED = new Set(
  (
    'all analyse analyze and any array as asc asymmetric both case cast check collate column constraint create default ' +
    'deferrable desc describe distinct do else end except false fetch for foreign from glob group having ilike in ' +
    'initially intersect into is isnull join lambda lateral leading left like limit map natural not notnull null offset ' +
    'on only or order outer overlaps pivot pivot_longer pivot_wider placing position primary qualify references ' +
    'returning right row select semi show similar some struct summarize symmetric table tablesample then to trailing ' +
    'true try_cast union unique unpivot using values variadic when where window with inner full cross anti asof ' +
    'positional at'
  ).split(' '),
);
