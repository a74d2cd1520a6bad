import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { builtinNames, builtinSignatures } from '../../core/index.js';

const page = readFileSync('docs/sql-functions.md', 'utf8').replaceAll('\\|', '|');

it('the page of built-in functions has every signature', () => {
  const missing = builtinNames().flatMap((name) =>
    builtinSignatures(name).filter((signature) => !page.includes(`\`${signature}\``)),
  );

  expect(missing).toEqual([]);
});
