/** JSON over HTTP with Flink's REST servers. */
import { CancelledError, EnvironmentError } from '../../core/index.js';
import { parseExactJson } from '../formats/json-text.js';

/** An answer that is no success, told by its first line; `text` has the stacks that the server gives. */
export class RestFailure extends Error {
  override readonly name = 'RestFailure';

  constructor(
    readonly status: number,
    readonly text: string,
  ) {
    super(`HTTP ${status} ${text.split('\n')[0]}`.trim());
  }
}

/** A server, by the beginning of its URLs. It keeps nothing between calls. */
export class RestServer {
  constructor(
    /** `http://host:8083` */
    readonly url: string,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * The answer's JSON; numbers with more digits than a double keeps are strings in it.
   * @throws {RestFailure} the server says no; {EnvironmentError} FLINK_UNREACHABLE; {CancelledError} the signal was aborted
   */
  async call(method: 'GET' | 'POST' | 'DELETE' | 'PATCH', path: string, body?: object): Promise<unknown> {
    const signal = AbortSignal.any([this.signal, AbortSignal.timeout(ANSWER_MS)]);
    const { ok, status, text } = await this.send(method, path, body, signal);
    if (!ok) throw new RestFailure(status, errorsOf(text));
    try {
      return parseExactJson(text === '' ? '{}' : text);
    } catch {
      throw new EnvironmentError('FLINK_UNREACHABLE', `${this.url} answers, and not in JSON.`, {
        hint: HINT,
      });
    }
  }

  /** Gives up what the server keeps under a path, also when the signal was aborted; a failure is not told: it forgets it by itself. */
  async discard(path: string): Promise<void> {
    await this.send('DELETE', path, undefined, AbortSignal.timeout(DISCARD_MS)).catch(() => {});
  }

  private async send(
    method: string,
    path: string,
    body: object | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly ok: boolean; readonly status: number; readonly text: string }> {
    try {
      const response = await fetch(`${this.url}${path}`, {
        method,
        signal,
        ...(body === undefined
          ? {}
          : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      return { ok: response.ok, status: response.status, text: await response.text() };
    } catch (error) {
      if (this.signal.aborted) throw new CancelledError('CANCELLED', 'Stopped.');
      throw new EnvironmentError('FLINK_UNREACHABLE', `Nobody answers at ${this.url}: ${reasonOf(error)}.`, {
        hint: HINT,
        cause: error,
      });
    }
  }
}

/** A gateway answers at once: what takes time is asked for again. */
const ANSWER_MS = 60_000;
/** An operation and its session are discarded before Ctrl-C ends the process. */
const DISCARD_MS = 400;
const HINT =
  'Give the address of a Flink SQL gateway (`sql-gateway.sh start`, port 8083), or of a JobManager (port 8081).';

/** `{"errors": [...]}` of Flink's servers as text. */
function errorsOf(text: string): string {
  try {
    const { errors } = JSON.parse(text) as { errors?: readonly string[] };
    return errors?.join('\n') ?? text;
  } catch {
    return text;
  }
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  if (!(cause instanceof Error)) return String(cause);
  return cause.message || ('code' in cause ? String(cause.code) : cause.name);
}
