/** The one place where the command meets the engine. Imported late: `--help` loads none of it. */
import type { EarlyZygotes } from '../bridge/index.js';
import type { JobSession, SessionOptions } from '../operators/index.js';

/** Opens a session: `openSessionWith`, or a stand-in of a test. */
export type OpenSession = (options: SessionOptions) => Promise<JobSession>;

/** Opens a session of operators, which takes the zygotes it has a use for. */
export function openSessionWith(zygotes: EarlyZygotes | null): OpenSession {
  return async (options) => {
    const { Session } = await import('../operators/index.js');
    return Session.open(options, zygotes);
  };
}
