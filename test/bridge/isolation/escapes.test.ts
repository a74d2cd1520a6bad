/** Each escape must succeed without a sandbox, or it proves nothing, and fail in one. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { detectIsolation } from '../../../bridge/index.js';
import { python } from '../support/bridge-options.js';
import { attempts, escaped, isolationAt } from './support/attempts.js';
import { Targets } from './support/targets.js';

const support = await detectIsolation(python);
const all = attempts();
const targets = new Targets();
let canaries = new Set<string>();

if (support.standard !== null) console.log(`figure: escapes skipped: ${support.standard}`);

describe.skipIf(support.standard !== null)('an escape', () => {
  beforeAll(async () => {
    await targets.make();
    if (support.keepsWorkersApart) targets.met.add('landlock');
    vi.stubEnv('HOME', targets.home).stubEnv('XDG_RUNTIME_DIR', targets.run).stubEnv('ESCAPE_TOKEN', 'x');
    canaries = await escaped(all, targets, null);
  }, 60_000);
  afterAll(() => {
    vi.unstubAllEnvs();
    targets.remove();
  });

  it('succeeds where workers have the rights of the core', () => {
    const expected = all.filter(({ needs }) => needs.every((need) => targets.met.has(need)));

    expect(expected.map(({ name }) => name).filter((name) => !canaries.has(name))).toEqual([]);
  });

  it.each(['standard', 'strict'] as const)('is stopped at the level %s', async (level) => {
    const succeeded = await escaped(all, targets, isolationAt(level, targets));

    const meant = all.filter((attempt) => level === 'strict' || attempt.level === 'standard');
    const apart = ({ needs }: (typeof all)[number]) =>
      support.keepsWorkersApart || !needs.includes('landlock');
    expect(meant.filter(apart).filter(({ name }) => succeeded.has(name))).toEqual([]);
    const proved = meant.filter(({ name }) => canaries.has(name)).length;
    console.log(`figure: ${level}: ${proved} of ${meant.length} escapes work without it, 0 within`);
  });
});
