/** The `stdin` connector: lines of standard input, for trying things. */
import { SourceError } from '../../core/index.js';
import { type Format, readFormat } from '../formats/make-format.js';
import type { Connector } from './connector.js';
import { type Declaration, declarationOf } from './declaration.js';
import { LineSource, type OpenBytes } from './line-source.js';
import { OptionReader } from './option-reader.js';

const NEWLINE = 10;

/** Ends with the input. */
export const STDIN: Connector = {
  traits: {
    source: 'rows',
    sink: null,
    bounded: () => false,
    hasPosition: true,
    check: (table) => void formatOf(declarationOf(table)),
    gives: (table) => (formatOf(declarationOf(table)).changes ? 'all' : 'insert'),
  },
  source: (stage, host) => new LineSource(stage, host, formatOf(declarationOf(stage)), NEWLINE, lines),
};

function formatOf({ table, options: given }: Declaration): Format {
  const options = new OptionReader(table, given);
  const format = readFormat(options, 'format');
  options.finish();
  return format;
}

let isTaken = false;

const lines: OpenBytes = async function* ({ signal }) {
  if (isTaken) {
    throw new SourceError(
      'SOURCE_CONSUMED',
      'Standard input is read already, and gives its lines only once.',
      {
        hint: 'Read it by one table, once in a job.',
      },
    );
  }
  isTaken = true;
  const { stdin } = process;
  const stop = () => stdin.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const chunk of stdin) yield chunk as Buffer;
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
};
