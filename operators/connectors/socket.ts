/** The `socket` connector: lines that a server sends. Options as in Flink's guide of user-defined sources. */
import { connect } from 'node:net';
import { SourceError } from '../../core/index.js';
import { type Format, readFormat } from '../formats/make-format.js';
import type { Connector } from './connector.js';
import { type Declaration, declarationOf } from './declaration.js';
import { LineSource, type OpenBytes } from './line-source.js';
import { OptionReader } from './option-reader.js';

interface SocketTable {
  readonly hostname: string;
  readonly port: number;
  readonly delimiter: number;
  readonly format: Format;
}

/** Ends when the server closes the connection. Lines of a connection that was lost are not sent again. */
export const SOCKET: Connector = {
  traits: {
    source: 'rows',
    sink: null,
    bounded: () => false,
    hasPosition: true,
    check: (table) => void readTable(declarationOf(table)),
    gives: (table) => (readTable(declarationOf(table)).format.changes ? 'all' : 'insert'),
  },
  source: (stage, host) => {
    const table = readTable(declarationOf(stage));
    return new LineSource(stage, host, table.format, table.delimiter, linesOf(stage.table, table));
  },
};

function readTable({ table, options: given }: Declaration): SocketTable {
  const options = new OptionReader(table, given);
  const read = {
    hostname: options.required('hostname'),
    port: options.whole('port', null, 1),
    delimiter: options.whole('byte-delimiter', 10),
    format: readFormat(options, 'format'),
  };
  if (read.port === null) options.required('port');
  options.finish();
  return { ...read, port: read.port! };
}

function linesOf(table: string, { hostname, port }: SocketTable): OpenBytes {
  return async function* ({ signal }) {
    const socket = connect({ host: hostname, port });
    const stop = () => socket.destroy();
    signal.addEventListener('abort', stop, { once: true });
    try {
      for await (const chunk of socket) yield chunk as Buffer;
    } catch (error) {
      if (signal.aborted) return;
      throw new SourceError(
        'SOURCE_CONNECTION',
        `Table ${table}: ${hostname}:${port} cannot be read: ${(error as Error).message}.`,
        { hint: 'Check hostname and port, and that a server listens there (nc -lk 9999).', cause: error },
      );
    } finally {
      signal.removeEventListener('abort', stop);
      socket.destroy();
    }
  };
}
