/** JSON text whose numbers keep all their digits. */

/** A number of so many characters may have digits that a double does not keep. */
const LONG_NUMBER = /-?\d[\d.eE+-]{15,}/;
const STRINGS_AND_LONG_NUMBERS = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]{15,}/g;
/** In front of the digits of a long number: no character, so no text begins with it. */
const NUMBER_MARK = '\uFFFF';
const MARKED_NUMBERS = new RegExp(`"${NUMBER_MARK}(-?\\d[^"]*)"`, 'g');

/**
 * The value of a JSON text; numbers with more digits than a double keeps are strings in it.
 * @throws {SyntaxError}
 */
export function parseExactJson(text: string): unknown {
  return withLongNumbers(text, '');
}

/**
 * The same; `scalarText` and `jsonText` tell its long numbers from strings.
 * @throws {SyntaxError}
 */
export function parseMarkedJson(text: string): unknown {
  return withLongNumbers(text, NUMBER_MARK);
}

/** The text of a string or number of `parseMarkedJson`. */
export function scalarText(value: unknown): string {
  const text = String(value);
  return text.startsWith(NUMBER_MARK) ? text.slice(NUMBER_MARK.length) : text;
}

/** The JSON text of a value of `parseMarkedJson`, all digits of its numbers as they were. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value).replace(MARKED_NUMBERS, '$1');
}

function withLongNumbers(text: string, mark: string): unknown {
  if (!LONG_NUMBER.test(text)) return JSON.parse(text);
  return JSON.parse(
    text.replace(STRINGS_AND_LONG_NUMBERS, (token) => (token.startsWith('"') ? token : `"${mark}${token}"`)),
  );
}
