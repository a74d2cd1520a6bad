/** JSON whose integers may be larger than a JavaScript number holds. */

/** `JSON.parse`, with integers of 16 digits and more as text: equal texts are equal numbers, digit by digit. */
export function parseExactly(json: string): unknown {
  return JSON.parse(json.replace(/(?<=[[,:] ?)-?\d{16,}(?=[,\]}])/g, '"$&"'));
}
