/** Median, quartiles and percentiles by linear interpolation between order statistics. */

/** The value below which `share` (0 to 1) of `values` lie. */
export function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (sorted.length - 1) * share;
  const low = Math.floor(at);
  return sorted[low] + (sorted[Math.ceil(at)] - sorted[low]) * (at - low);
}

export function median(values) {
  return percentile(values, 0.5);
}

/** Median with lower and upper quartile. */
export function spread(values) {
  return { median: median(values), low: percentile(values, 0.25), high: percentile(values, 0.75) };
}
