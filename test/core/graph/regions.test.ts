import { expect, it } from 'vitest';
import { regionsOf } from '../../../core/index.js';
import { graphOf } from '../../support/stage-graph.js';

it.each([
  ['a chain is one region', ['a -> b', 'b -> c'], [], ['a b c']],
  ['branches that stream into one stage are one region', ['a b -> c', 'c -> d'], [], ['a b c d']],
  [
    'a spill file is where a region ends',
    ['a -> b', 'b -> c', 'b -> d', 'c d -> e'],
    ['b'],
    ['a b', 'c d e'],
  ],
  ['consumers of one stream are one region', ['a -> b', 'b -> c', 'b -> d'], [], ['a b c d']],
  ['sinks without a common stream are regions of their own', ['a -> b', 'c -> d'], [], ['a b', 'c d']],
] as const)('%s', (_, lines, spilled, expected) => {
  const regions = regionsOf(graphOf(lines, spilled));

  expect(regions.map((stages) => stages.map(({ id }) => id).join(' ')).sort()).toEqual([...expected]);
});
