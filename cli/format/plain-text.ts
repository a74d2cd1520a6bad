/** A value as people read it, from its JSON text. */

/**
 * Strings without quotes, NaN and infinities by name, bytes as base64, nested values as JSON; null is NULL.
 * The forms are those of `--format jsonl`.
 */
export function plainText(json: string): string | null {
  switch (json.charCodeAt(0)) {
    case QUOTE:
      return JSON.parse(json) as string;
    case BRACE:
      return taggedText(json);
    default:
      return json === 'null' ? null : json;
  }
}

const QUOTE = 0x22;
const BRACE = 0x7b;

function taggedText(json: string): string {
  const value = JSON.parse(json) as Record<string, unknown>;
  const tagged = value.$float ?? value.$bytes;
  return typeof tagged === 'string' ? tagged : json;
}
