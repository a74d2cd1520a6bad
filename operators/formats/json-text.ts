/** JSON text whose numbers keep all their digits. */

/** A number of so many characters may have digits that a double does not keep. */
const LONG_NUMBER = /-?\d[\d.eE+-]{15,}/;
const STRINGS_AND_LONG_NUMBERS = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]{15,}/g;

/**
 * The value of a JSON text; numbers with more digits than a double keeps are strings in it.
 * @throws {SyntaxError}
 */
export function parseExactJson(text: string): unknown {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text);
  return JSON.parse(
    text.replace(STRINGS_AND_LONG_NUMBERS, (token) => (token.startsWith('"') ? token : `"${token}"`)),
  );
}
