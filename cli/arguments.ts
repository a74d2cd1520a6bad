/** Converters of option values; what does not fit is a usage error. */
import { InvalidArgumentError } from 'commander';
import { type MetricsAddress, parseMetricsAddress } from './metrics/metrics-address.js';

/** Adds one `-D key=value` to those before it. The value may be empty and may hold `=`. */
export function collectSetting(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const equals = text.indexOf('=');
  if (equals <= 0) throw new InvalidArgumentError('Write key=value, for example parallelism.default=2.');
  return { ...before, [text.slice(0, equals).trim()]: text.slice(equals + 1).trim() };
}

/** `[host:]port` of the metrics endpoint. */
export function metricsAddress(text: string): MetricsAddress {
  const address = parseMetricsAddress(text);
  if (address === null) throw new InvalidArgumentError('Write a port, or host:port, for example 9464.');
  return address;
}

/** A TCP port. */
export function portNumber(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new InvalidArgumentError('Write a port, for example 5678.');
  }
  return port;
}
