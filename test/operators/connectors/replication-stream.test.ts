import { EventEmitter } from 'node:events';
import { expect, it } from 'vitest';
import { Absence } from '../../../operators/connectors/absence.js';
import { ReplicationStream } from '../../../operators/connectors/postgres/replication-stream.js';

/** What `pg` has beneath its client, as far as a stream uses it. */
class FakeConnection extends EventEmitter {
  readonly stream = { pause() {}, resume() {} };
  readonly sent: Buffer[] = [];

  sendCopyFromChunk(chunk: Buffer): void {
    this.sent.push(chunk);
  }

  says(kind: 'k' | 'w', rest: Buffer): void {
    this.emit('copyData', { chunk: Buffer.concat([Buffer.from(kind), rest]) });
  }

  /** `k`: the end of the log, the time, and whether an answer is wanted. */
  keepAlive(wantsAnswer = false): void {
    this.says('k', Buffer.concat([Buffer.alloc(16), Buffer.from([wantsAnswer ? 1 : 0])]));
  }
}

function streamOf(connection: FakeConnection, onAnswer = () => {}): ReplicationStream {
  return new ReplicationStream(
    { connection } as never,
    () => 0,
    () => 7n,
    onAnswer,
  );
}

it('a server that is back answers again although nothing changes, and its next absence begins then', async () => {
  const notes: string[] = [];
  let nowMs = 0;
  const absence = new Absence('table t: PostgreSQL', { nowMs: () => nowMs }, (text) => notes.push(text));
  for (const restartMs of [0, 10_800_000]) {
    nowMs = restartMs;
    absence.failed('refused');
    nowMs += 5_000;
    const connection = new FakeConnection();
    const stream = streamOf(connection, () => absence.answered());
    if (restartMs === 0) connection.emit('replicationStart');
    else connection.keepAlive();
    connection.emit('end');
    await expect(stream.next()).rejects.toThrow('Connection terminated');
  }

  const restart = [
    'table t: PostgreSQL does not answer, it is tried again (refused)',
    'table t: PostgreSQL answers again, after 5 s',
  ];
  expect(notes).toEqual([...restart, ...restart]);
});

it('changes are an answer too, and are given on', async () => {
  const connection = new FakeConnection();
  let answers = 0;
  const stream = streamOf(connection, () => answers++);
  connection.says('w', Buffer.concat([Buffer.alloc(24), Buffer.from('Y')]));

  expect(await stream.next()).toEqual({ done: false, value: { kind: 'other' } });
  expect(answers).toBe(1);
});

it('a server that asks is told what it may forget', () => {
  const connection = new FakeConnection();
  streamOf(connection);
  connection.keepAlive();
  expect(connection.sent).toEqual([]);
  connection.keepAlive(true);
  expect(connection.sent.map((status) => status.readBigInt64BE(1))).toEqual([7n]);
});
