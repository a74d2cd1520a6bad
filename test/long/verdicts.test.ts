/** Every way in which a worker or a bundle ends badly, again and again: is the verdict always the same, and right? */
import { afterAll, describe, expect, it } from 'vitest';
import { Bridge, type CapLevel } from '../../bridge/index.js';
import { detectCaps } from '../../bridge/limits/detect.js';
import { bridgeOptions } from '../bridge/support/bridge-options.js';
import { CrowdedGroup } from '../bridge/support/crowded-group.js';
import { ENDINGS, ENDINGS_OF_CAPS, type Ending, endingOf, levelsToTry } from '../bridge/support/endings.js';

const RUNS = 20;
const best = detectCaps({ probe: `millstream-test-${process.pid}-long`, level: null, requireHard: false });
const crowded = CrowdedGroup.make();
afterAll(() => crowded?.remove());

/** How often each code was said where each was right. */
class ConfusionMatrix {
  readonly #said = new Map<string, Map<string, number>>();

  count(right: string, said: string): void {
    const row = this.#said.get(right) ?? new Map<string, number>();
    this.#said.set(right, row.set(said, (row.get(said) ?? 0) + 1));
  }

  get total(): number {
    return [...this.#said.values()].flatMap((row) => [...row.values()]).reduce((sum, n) => sum + n, 0);
  }

  /** How often each right verdict was said, and what was said instead. */
  text(): string {
    const entries = [...this.#said].sort(([a], [b]) => a.localeCompare(b));
    const right = entries.map(([code, row]) => `${row.get(code) ?? 0} ${code}`);
    const wrong = entries.flatMap(([code, row]) =>
      [...row].filter(([said]) => said !== code).map(([said, times]) => `${times} ${code} told as ${said}`),
    );
    return `${right.join(', ')}; ${wrong.length === 0 ? 'none told as another' : wrong.join(', ')}`;
  }
}

const matrix = new ConfusionMatrix();
afterAll(() => {
  console.log(`figure (${matrix.total} runs): ${matrix.text()}`);
});

describe.skipIf(process.platform !== 'linux').each(levelsToTry(best.level))(
  'verdicts, with caps by %s',
  (level) => {
    const endings = level === best.level ? ENDINGS : ENDINGS_OF_CAPS;

    it.each(endings.map((ending) => [ending.code, ending.function, ending] as const))(
      `are ${RUNS} of ${RUNS} times %s for %s`,
      async (code, _, ending) => {
        expect(await provoke(level, ending)).toEqual(Array(RUNS).fill(code));
      },
    );

    it.skipIf(crowded === null)(`are ${RUNS} of ${RUNS} times HOST_OOM for a full machine`, () => {
      const codes = Array.from({ length: RUNS }, () => (crowded!.verdict(level) as { code: string }).code);

      for (const code of codes) matrix.count('HOST_OOM', code);
      expect(codes).toEqual(Array(RUNS).fill('HOST_OOM'));
    });
  },
);

async function provoke(capLevel: CapLevel, ending: Ending): Promise<string[]> {
  const options = bridgeOptions({ capLevel });
  const bridge = Bridge.start(options);
  const codes: string[] = [];
  try {
    for (let run = 0; run < RUNS; run++) {
      const { code } = await endingOf(bridge, options.schemas, ending);
      matrix.count(ending.code, code);
      codes.push(code);
    }
    return codes;
  } finally {
    await bridge.close();
  }
}
