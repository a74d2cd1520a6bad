import { describe, expect, it } from 'vitest';
import { formatMap, parseMap, parseMaps } from '../../../core/index.js';

describe('maps in options', () => {
  it.each([
    ['model:small,limit:10', { model: 'small', limit: '10' }],
    ['{model: small, limit: 10}', { model: 'small', limit: '10' }],
    ["path:'a,b:c',url:http://h:1", { path: 'a,b:c', url: 'http://h:1' }],
    ['', {}],
  ])('%s', (text, expected) => {
    expect(parseMap(text)).toEqual(expected);
  });

  it('several are separated by semicolons', () => {
    expect(parseMaps("name:a,path:x.bin;name:b,path:'y;z'")).toEqual([
      { name: 'a', path: 'x.bin' },
      { name: 'b', path: 'y;z' },
    ]);
  });

  it('what is written is read again, whatever is in it', () => {
    const map = { plain: 'x', 'a:b': 'c,d', quoted: 'it\'s "so"', empty: '', ' space ': ' y', brace: '{}' };

    expect(parseMap(formatMap(map))).toEqual(map);
  });

  it('an entry without a colon is refused with the form', () => {
    expect(() => parseMap('model')).toThrow("'model' is no entry of a map.");
  });
});
