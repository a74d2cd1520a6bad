/** The connectors of tables outside, by name. A new one is one line here. */
import type { Connector } from './connector.js';
import { SOCKET } from './socket.js';
import { STDIN } from './stdin.js';

export const CONNECTORS: ReadonlyMap<string, Connector> = new Map([
  ['socket', SOCKET],
  ['stdin', STDIN],
]);
