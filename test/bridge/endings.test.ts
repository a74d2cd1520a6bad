import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Bridge } from '../../bridge/index.js';
import { detectCaps } from '../../bridge/limits/detect.js';
import { bridgeOptions } from './support/bridge-options.js';
import { CrowdedGroup } from './support/crowded-group.js';
import { ENDINGS, ENDINGS_OF_PROCESSES, endingOf } from './support/endings.js';

const best = detectCaps({ probe: `millstream-test-${process.pid}-end`, level: null, requireHard: false });

describe('the verdict', () => {
  const options = bridgeOptions();
  let bridge: Bridge;
  beforeAll(() => {
    bridge = Bridge.start(options);
  });
  afterAll(() => bridge.close());

  const provoked = [...ENDINGS, ...(best.limitsProcesses ? ENDINGS_OF_PROCESSES : [])];
  it.each(provoked.map((ending) => [ending.function, ending.code, ending] as const))(
    'on %s is %s, with what ran and what to do',
    async (name, code, ending) => {
      const verdict = await endingOf(bridge, options.schemas, ending);

      expect(verdict).toMatchObject({ code, message: expect.stringMatching(ending.message) });
      expect(verdict.details).toMatchObject({ function: name, bundle: 7, stage: 'stage' });
      // Of an exception only its author knows what to do.
      if (code !== 'UDF_EXCEPTION') expect(verdict.hint).toEqual(expect.any(String));
    },
  );
});

const crowded = CrowdedGroup.make();
afterAll(() => crowded?.remove());

describe.skipIf(crowded === null)('the verdict on a worker below its cap on a full machine', () => {
  it('blames the machine', () => {
    expect(crowded!.verdict(best.level)).toEqual({
      code: 'HOST_OOM',
      message: expect.stringMatching(
        /^The machine, or the container .* killed worker w1 .*bundle 0 of 1 row,.* its own cap of 16 GiB/,
      ),
      hint: expect.stringContaining('millstream.memory'),
    });
  });
});
