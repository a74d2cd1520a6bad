/** `millstream serve`: the runtime behind `millstream.connect`, speaking frames on standard input and output. */
import type { Readable } from 'node:stream';
import { CancelledError } from '../../core/index.js';
import type { CommandContext } from '../context.js';
import { EXIT_DONE } from '../exit-codes.js';
import { Connection } from '../serve/connection.js';
import { FrameWriter, readHeaders } from '../serve/frames.js';
import { readRequest } from '../serve/requests.js';

/** Serves one program until its end of `input` is closed: then it cancels what runs and leaves nothing behind. */
export async function serve(context: CommandContext, input: Readable = process.stdin): Promise<number> {
  const gone = new AbortController();
  const connection = new Connection(
    new FrameWriter(context.stdout),
    AbortSignal.any([context.signal, gone.signal]),
  );
  context.signal.addEventListener('abort', () => input.destroy(), { once: true });
  try {
    for await (const header of readHeaders(input)) connection.accept(readRequest(header));
  } catch (error) {
    // A signal destroys the input, which ends the iteration with an error of its own.
    if (!context.signal.aborted) throw error;
  } finally {
    gone.abort(new CancelledError('CANCELLED', 'The program closed its connection.'));
    await connection.close();
  }
  return EXIT_DONE;
}
