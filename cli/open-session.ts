/** The one place where the command meets the engine. Imported late: `--help` loads none of it. */
import type { JobSession, SessionOptions } from '../operators/index.js';

/** Opens a session: `openSession`, or a stand-in of a test. */
export type OpenSession = (options: SessionOptions) => Promise<JobSession>;

/** Opens a session of operators. */
export const openSession: OpenSession = async (options) => {
  const { Session } = await import('../operators/index.js');
  return Session.open(options);
};
