import { Readable, Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { StreamOutput } from '../../../cli/output.js';
import { FrameWriter, readHeaders } from '../../../cli/serve/frames.js';

describe('readHeaders', () => {
  it('gives the same headers however the bytes are cut', async () => {
    const bytes = Buffer.concat([frame('{"a":1}'), frame('{"b":"ü"}'), frame('{}')]);

    for (const size of [1, 3, 10, bytes.length]) {
      expect(await collect(Readable.from(pieces(bytes, size)))).toEqual([{ a: 1 }, { b: 'ü' }, {}]);
    }
  });

  it('leaves out a frame that was not sent whole', async () => {
    expect(await collect(Readable.from([frame('{}'), frame('{"a":1}').subarray(0, 9)]))).toEqual([{}]);
  });

  it.each([
    ['a header that is not JSON', frame('{')],
    ['a request with payloads', Buffer.concat([frame('{}').subarray(0, 6), Buffer.of(1, 0, 0, 0)])],
    ['a header of 4294967295 bytes', Buffer.alloc(8, 0xff)],
  ])('refuses %s', async (what, bytes) => {
    await expect(collect(Readable.from([bytes]))).rejects.toMatchObject({
      code: 'SERVE_FRAME',
      message: expect.stringContaining(what),
    });
  });
});

describe('FrameWriter', () => {
  it('writes frames whole, in the order in which they were sent', async () => {
    const { output, written } = slowOutput();
    const writer = new FrameWriter(output);

    const sent = [writer.send({ n: 1 }, Buffer.from('abc')), writer.send({ n: 2 })];
    writer.line('log', 'text');
    await Promise.all([...sent, writer.send({ n: 3 })]);

    const payload = Buffer.concat([u32(7), Buffer.from('{"n":1}'), u32(1), u32(3), Buffer.from('abc')]);
    const rest = ['{"n":2}', '{"type":"log","text":"text"}', '{"n":3}'].map(frame);
    expect(written()).toEqual(Buffer.concat([payload, ...rest]));
  });

  it('counts the lines that a reader who does not read never gets', async () => {
    const { output, written } = slowOutput();
    const writer = new FrameWriter(output);

    for (let i = 0; i < 1003; i++) writer.line('log', `line ${i}`);
    await writer.send({});
    writer.line('log', 'after');
    await writer.send({});

    expect(written().toString()).toContain('"line 999"');
    expect(written().toString()).not.toContain('"line 1000"');
    expect(written().toString()).toContain('… 3 lines left out\\nafter');
  });
});

function frame(header: string): Buffer {
  const bytes = Buffer.from(header);
  return Buffer.concat([u32(bytes.length), bytes, u32(0)]);
}

function u32(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return bytes;
}

function pieces(bytes: Buffer, size: number): Buffer[] {
  const count = Math.ceil(bytes.length / size);
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * size, (i + 1) * size));
}

async function collect(input: Readable): Promise<unknown[]> {
  const headers: unknown[] = [];
  for await (const header of readHeaders(input)) headers.push(header);
  return headers;
}

/** An output whose every write has to be waited for. */
function slowOutput(): { readonly output: StreamOutput; written(): Buffer } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    highWaterMark: 1,
    write(chunk, _encoding, done) {
      chunks.push(chunk);
      setImmediate(done);
    },
  });
  return { output: new StreamOutput(stream), written: () => Buffer.concat(chunks) };
}
