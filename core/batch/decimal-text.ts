/** Decimal text of an unscaled integer: `decimalText(120n, 2)` is `1.20`. */
export function decimalText(unscaled: bigint, scale: number): string {
  const sign = unscaled < 0n ? '-' : '';
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  if (scale <= 0) return `${sign}${digits}${unscaled === 0n ? '' : '0'.repeat(-scale)}`;
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/**
 * The unscaled integer of decimal text at a scale; null where the text is no decimal number, or has more digits
 * after its point than the scale keeps.
 */
export function parseDecimal(text: string, scale: number): bigint | null {
  const match = /^([+-]?)(\d+)(?:\.(\d*))?$/.exec(text);
  if (match === null) return null;
  const fraction = (match[3] ?? '').replace(/0+$/, '');
  if (fraction.length > scale) return null;
  const unscaled = BigInt(match[2]! + fraction.padEnd(scale, '0'));
  return match[1] === '-' ? -unscaled : unscaled;
}

/** The unscaled integer of a DECIMAL value, whose text has as many digits after its point as its scale: `-1.25` is -125. */
export function unscaledDecimal(value: string): bigint {
  return BigInt(value.replace('.', ''));
}
