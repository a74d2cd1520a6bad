/** Values of settings as they may be shown: secrets are masked. */

const MASK = '****';
/** Flink's list of parts of keys that hold secrets (GlobalConfiguration), with `credential`. */
const SECRET =
  /password|secret|fs\.azure\.account\.key|apikey|api-key|auth-params|service-key|token|basic-auth|jaas\.config|http-headers|credential/i;

/** The text of a setting; of `millstream.worker.env` the names without the values. */
export function maskedText(key: string, text: string): string {
  if (key === 'millstream.worker.env') return text.replace(/=[^,]*/g, `=${MASK}`);
  return SECRET.test(key) ? MASK : text;
}
