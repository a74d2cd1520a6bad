/** The argument of `--metrics-port`. */

/** Where to listen; port 0: one that is free. */
export interface MetricsAddress {
  readonly host: string;
  readonly port: number;
}

const LOOPBACK = '127.0.0.1';

/** `9464` or `0.0.0.0:9464`; without a host this machine alone can fetch. Null where it is neither. */
export function parseMetricsAddress(text: string): MetricsAddress | null {
  const match = /^(?:(?<host>[^:\s]+|\[[0-9a-fA-F:]+\]):)?(?<port>\d{1,5})$/.exec(text);
  const port = Number(match?.groups?.port ?? Number.NaN);
  if (!(port <= 65_535)) return null;
  return { host: match?.groups?.host?.replace(/^\[|\]$/g, '') ?? LOOPBACK, port };
}
