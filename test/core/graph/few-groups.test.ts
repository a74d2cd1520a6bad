import { describe, expect, it } from 'vitest';
import { hasFewGroups } from '../../../core/graph/few-groups.js';
import type { StageGraph } from '../../../core/graph/stage-graph.js';

const split = { file: 0, firstRowGroup: 0, rowGroups: 2, offset: 0, rows: 20_000, bytes: 0 };

function graphOf(mostGroups: number | null, { keyColumns = [0], isFused = true } = {}): StageGraph {
  const source = isFused ? { splits: [split], mostGroups } : null;
  const stages = [{ kind: 'relational' }, { kind: 'python', mode: 'partial', keyColumns, source }];
  return { mode: 'batch', stages } as unknown as StageGraph;
}

describe('groups are few', () => {
  it('where a batch has many rows of each', () => {
    expect(hasFewGroups(graphOf(300), 131_072)).toBe(true);
    expect(hasFewGroups(graphOf(400), 131_072)).toBe(false);
  });

  it('by the rows that are taken at once, not by those of a row group', () => {
    expect(hasFewGroups(graphOf(300), 1_000)).toBe(false);
  });

  it('not where the files do not say, or others read them', () => {
    expect(hasFewGroups(graphOf(null), 131_072)).toBe(false);
    expect(hasFewGroups(graphOf(1, { isFused: false }), 131_072)).toBe(false);
  });

  it('without keys, whatever is known', () => {
    expect(hasFewGroups(graphOf(null, { keyColumns: [] }), 131_072)).toBe(true);
  });
});
