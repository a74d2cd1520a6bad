import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { builtinNames, OPTIONS } from '../../core/index.js';

const page = readFileSync('docs/sql.md', 'utf8');

it('the page of SQL lists every built-in function and every configuration key', () => {
  const names = builtinNames().filter((name) => /^[A-Z]/.test(name));
  const missing = [...names, ...Object.keys(OPTIONS)].filter((name) => !page.includes(`\`${name}\``));

  expect(missing).toEqual([]);
});
