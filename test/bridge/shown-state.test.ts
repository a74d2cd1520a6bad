import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { choosePython, shownState } from '../../bridge/index.js';

const python = choosePython({ configured: null }).executable;

function pickled(value: string): Uint8Array {
  const program = `import pickle, sys; sys.stdout.buffer.write(pickle.dumps(${value}))`;
  return execFileSync(python, ['-c', program]);
}

test('pickles are shown in their order, and what is none is not', async () => {
  const pickles = [pickled('{"a": 1}'), Uint8Array.of(0x80, 5, 0x2e), pickled('[2, None]')];

  expect(await shownState(pickles, python)).toEqual(['{"a":1}', null, '[2,null]']);
});

test('a Python that cannot be started is told', async () => {
  await expect(shownState([pickled('1')], '/nowhere/python')).rejects.toMatchObject({
    code: 'PYTHON_NOT_FOUND',
  });
});
