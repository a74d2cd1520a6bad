import { expect, test } from 'vitest';
import { claimState, type StageIdentity, type StoredStage } from '../../../core/index.js';

const BYTES = Uint8Array.of(1, 2, 3);

function stage(id: string, uid: string, keeps: StageIdentity['keeps']): StageIdentity {
  return { id, uid, description: `the ${id}`, keeps, columns: [], rows: '' };
}

function stored(
  uid: string,
  state: StoredStage['state'],
  keeps: StageIdentity['keeps'] = 'state',
): StoredStage {
  return { ...stage(`old ${uid}`, uid, keeps), state };
}

test('state goes to the stage with its uid, wherever that stands now', () => {
  const checkpoint = [
    stored('scan', BYTES, 'position'),
    stored('count', Uint8Array.of(4)),
    stored('calc', null),
  ];

  const { states, unclaimed, fresh } = claimState(checkpoint, [
    stage('a', 'scan', 'position'),
    stage('b', 'other calc', 'nothing'),
    stage('c', 'count', 'state'),
  ]);

  expect(states).toEqual(
    new Map([
      ['a', BYTES],
      ['b', null],
      ['c', Uint8Array.of(4)],
    ]),
  );
  expect([unclaimed, fresh]).toEqual([[], []]);
});

test('a stage that had ended is left out, so that it stays ended', () => {
  const { states } = claimState([stored('scan', 'ended', 'position')], [stage('a', 'scan', 'position')]);

  expect(states).toEqual(new Map());
});

test('what is remembered of stages that are gone is named, and so are stages that are new', () => {
  const gone = [stored('count', BYTES), stored('scan', 'ended', 'position')];
  const forgotten = [stored('calc', BYTES, 'nothing'), stored('join', 'ended'), stored('sink', null)];
  const other = stage('b', 'sum', 'state');

  const { unclaimed, fresh } = claimState([...gone, ...forgotten], [other, stage('c', 'calc 2', 'nothing')]);

  expect(unclaimed).toEqual(gone);
  expect(fresh).toEqual([other]);
});
