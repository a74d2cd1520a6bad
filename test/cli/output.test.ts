import { PassThrough, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { StreamOutput } from '../../cli/output.js';

describe('standard output', () => {
  it('makes the writer wait for a slow reader', async () => {
    const stream = new PassThrough({ highWaterMark: 4 });
    const output = new StreamOutput(stream);
    let written = false;

    const writing = output.write('12345678').then(() => {
      written = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(written).toBe(false);
    stream.resume();
    await writing;

    expect(written).toBe(true);
  });

  it('lets a waiting writer go on, and drops what follows, when the reader has gone', async () => {
    const stream = brokenBy('EPIPE');
    const output = new StreamOutput(stream);

    await output.write('first');
    await output.write('second');
    await output.flush();

    expect(output.isClosed).toBe(true);
  });

  it('throws any other failure of the stream', async () => {
    const output = new StreamOutput(brokenBy('ENOSPC'));

    await expect(output.write('first').then(() => output.write('second'))).rejects.toMatchObject({
      code: 'SINK_WRITE',
      message: 'Standard output cannot be written: no space is left on the device.',
    });
  });

  it('throws what a file says at once', async () => {
    const stream = new PassThrough();
    stream.write = () => {
      throw Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO' });
    };

    await expect(new StreamOutput(stream).write('first')).rejects.toMatchObject({
      code: 'SINK_WRITE',
      message: 'Standard output cannot be written: EIO: i/o error, write.',
    });
  });
});

/** A stream without room whose every write fails. */
function brokenBy(code: string): Writable {
  return new Writable({
    highWaterMark: 1,
    autoDestroy: false,
    write(_chunk, _encoding, done) {
      setImmediate(() => done(Object.assign(new Error(code), { code })));
    },
  });
}
