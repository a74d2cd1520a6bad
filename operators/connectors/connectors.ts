/** The connectors of tables outside, by name. A new one is one line here. */
import type { Connector } from './connector.js';
import { FILESYSTEM } from './filesystem/filesystem.js';
import { KAFKA, UPSERT_KAFKA } from './kafka/kafka.js';
import { JDBC } from './postgres/jdbc.js';
import { POSTGRES_CDC } from './postgres/postgres-cdc.js';
import { SOCKET } from './socket.js';
import { STDIN } from './stdin.js';

export const CONNECTORS: ReadonlyMap<string, Connector> = new Map([
  ['filesystem', FILESYSTEM],
  ['kafka', KAFKA],
  ['upsert-kafka', UPSERT_KAFKA],
  ['jdbc', JDBC],
  ['postgres-cdc', POSTGRES_CDC],
  ['socket', SOCKET],
  ['stdin', STDIN],
]);
