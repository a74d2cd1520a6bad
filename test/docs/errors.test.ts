import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const page = readFileSync('docs/errors.md', 'utf8');
const documented = new Set(
  page.match(/\b[A-Z]+(?:_[A-Z]+)+\b|\bINTERNAL\b|\bMODE\b|\bDURATION\b|\bCANCELLED\b/g),
);

/** Codes as they are given to the classes of the error trees, or declared as types of them. */
const RAISED = [
  /new \w*Error\(\s*'([A-Z][A-Z_]+)'/g,
  /\w*Error\(\s*"([A-Z][A-Z_]+)"/g,
  /(?:refusal|bindError|failure)\((?:[\w.]+,\s*)?'([A-Z][A-Z_]+)'/g,
  /code: '([A-Z]+_[A-Z_]+)'/g,
];

function sources(folder: string, ending: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(ending))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

it('the page of errors has every code that the sources raise', () => {
  const texts = [
    ...['core', 'bridge', 'operators', 'cli'].flatMap((folder) => sources(folder, '.ts')),
    ...sources('python-udf/millstream', '.py'),
  ];
  const raised = new Set(
    texts.flatMap((text) => RAISED.flatMap((form) => [...text.matchAll(form)].map((m) => m[1]!))),
  );

  expect(raised.size).toBeGreaterThan(80);
  expect([...raised].filter((code) => !documented.has(code)).sort()).toEqual([]);
});
