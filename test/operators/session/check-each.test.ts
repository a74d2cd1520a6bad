import { expect, it } from 'vitest';
import { parseEach, UdfError } from '../../../core/index.js';
import { checkEach } from '../../../operators/session/check-each.js';

async function checked(sql: string, signal = new AbortController().signal): Promise<string[]> {
  const results: string[] = [];
  const explain = async () => {
    throw new UdfError('UDF_IMPORT', 'There is no module nowhere.');
  };
  for await (const result of checkEach(parseEach(sql), explain, signal)) {
    results.push(result.kind === 'wrong' ? result.error.code : result.kind);
  }
  return results;
}

it('tells an error of a function once, however many statements call it', async () => {
  expect(await checked('SELECT f(1); SELEC; SELECT f(2)')).toEqual(['UDF_IMPORT', 'SQL_SYNTAX']);
});

it('ends where it is stopped', async () => {
  const stop = new AbortController();
  stop.abort();

  await expect(checked('SELECT f(1)', stop.signal)).rejects.toThrow('no module nowhere');
});
