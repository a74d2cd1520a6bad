/** JSON whose integers may be larger than a JavaScript number holds. */

const TEXT_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g;

/** `JSON.parse`, with integers of 16 digits and more as text: equal texts are equal numbers, digit by digit. */
export function parseExactly(json: string): unknown {
  return JSON.parse(json.replace(TEXT_OR_NUMBER, (part) => (/^-?\d{16,}$/.test(part) ? `"${part}"` : part)));
}
