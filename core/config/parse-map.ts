/** Flink's form of maps in options: `key:value,key:value`, with quotes around what has separators in it. */
import { ConfigurationError } from '../errors.js';

/**
 * The entries of `text`; braces around it are allowed, as is a space after a separator.
 * @throws {ConfigurationError} OPTION_VALUE for an entry without a colon
 */
export function parseMap(text: string): Record<string, string> {
  const body = /^\{([\s\S]*)\}$/.exec(text.trim())?.[1] ?? text;
  const entries = split(body, ',').filter((entry) => entry.trim() !== '');
  return Object.fromEntries(entries.map(parseEntry));
}

/** Several maps with `;` between them. */
export function parseMaps(text: string): Record<string, string>[] {
  return split(text, ';')
    .filter((map) => map.trim() !== '')
    .map(parseMap);
}

/** A map as text that `parseMap` reads. */
export function formatMap(map: Readonly<Record<string, string>>): string {
  return Object.entries(map)
    .map(([key, value]) => `${quoted(key)}:${quoted(value)}`)
    .join(',');
}

function parseEntry(entry: string): [key: string, value: string] {
  const [key = '', ...rest] = split(entry, ':');
  if (rest.length === 0) {
    throw new ConfigurationError('OPTION_VALUE', `'${entry.trim()}' is no entry of a map.`, {
      hint: "Write key:value, with commas between the entries: 'model:small,limit:10'.",
    });
  }
  return [unquoted(key), unquoted(rest.join(':'))];
}

/** Cuts at `separator` outside of quotes. */
function split(text: string, separator: string): string[] {
  const parts = [''];
  let quote: string | null = null;
  for (const character of text) {
    if (quote !== null) quote = character === quote ? null : quote;
    else if (character === "'" || character === '"') quote = character;
    else if (character === separator) {
      parts.push('');
      continue;
    }
    parts[parts.length - 1] += character;
  }
  return parts;
}

function quoted(text: string): string {
  return /[,:;'"{}]|^\s|\s$|^$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function unquoted(text: string): string {
  const trimmed = text.trim();
  const quote = trimmed[0];
  if (trimmed.length < 2 || (quote !== "'" && quote !== '"') || trimmed.at(-1) !== quote) return trimmed;
  return trimmed.slice(1, -1).replaceAll(quote + quote, quote);
}
