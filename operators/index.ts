/** The front door of the package: public names of operators and core, one by one. */
export { Session } from './session/session.js';
export type * from './session/session-types.js';
