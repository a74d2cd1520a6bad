import { describe, expect, it } from 'vitest';
import type { ChannelOptions } from '../../bridge/channel.js';
import { DataSession } from '../../bridge/data-session.js';
import { encodeHeader } from '../../bridge/protocol/frames.js';
import { SchemaRegistry } from '../../core/index.js';

const EPOCH = 3;
const STATISTICS = { rows: 1, batches: 1, bytes: 8, queryNs: 0, encodeNs: 0, written: 0 };
const end = encodeHeader({ type: 'end', stage: 's', epoch: EPOCH, input: 0, statistics: STATISTICS });

async function connected() {
  const broken: unknown[] = [];
  const received: string[] = [];
  let channel!: ChannelOptions;
  const session = await DataSession.open({
    endpoint: 'ipc://none',
    epoch: EPOCH,
    schemas: new SchemaRegistry(),
    sharedMemory: null,
    checksum: false,
    onBroken: (error) => broken.push(error),
    openChannel: async (options) => {
      channel = options;
      return { send: async () => {}, close: () => {} };
    },
  });
  session.attach('s', ({ type }) => {
    received.push(type);
    return undefined;
  });
  return { broken, received, say: (frames: readonly Uint8Array[]) => channel.onMessage(frames) };
}

describe('what a worker says on its data connection', () => {
  it('reaches the stage that it is for', async () => {
    const { broken, received, say } = await connected();
    await say(end);
    expect({ broken, received }).toEqual({ broken: [], received: ['end'] });
  });

  it('is not believed any more after a message that breaks the protocol: a lost batch is no good end', async () => {
    const { broken, received, say } = await connected();
    await say(encodeHeader({ type: 'batch', stage: 's', epoch: EPOCH, sequence: 0 }));
    await say(end);
    expect(received).toEqual([]);
    expect(broken).toMatchObject([{ code: 'PROTOCOL_MESSAGE' }]);
  });
});
