/** DECIMAL values, which are text with their scale, as whole numbers. */

/** All digits of a decimal as one integer: `-1.25` is -125. */
export function unscaledDecimal(text: string): bigint {
  return BigInt(text.replace('.', ''));
}

/** The text of an integer of 10^-scale; null beyond 38 digits. */
export function decimalOf(unscaled: bigint, scale: number): string | null {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  if (digits.length > 38 && digits.replace(/^0+/, '').length > 38) return null;
  const whole = digits.slice(0, digits.length - scale);
  const fraction = scale === 0 ? '' : `.${digits.slice(digits.length - scale)}`;
  return `${unscaled < 0n ? '-' : ''}${whole}${fraction}`;
}
