/** Every way in which a worker or a bundle ends badly, again and again: is the verdict always the same, and right? */
import { afterAll, describe, expect, it } from 'vitest';
import { Bridge, type CapLevel } from '../../bridge/index.js';
import { detectCaps } from '../../bridge/limits/detect.js';
import { bridgeOptions } from '../bridge/support/bridge-options.js';
import { CrowdedGroup } from '../bridge/support/crowded-group.js';
import { ENDINGS, ENDINGS_OF_CAPS, endingOf, levelsToTry } from '../bridge/support/endings.js';

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

  get wrong(): number {
    return [...this.#said].reduce(
      (sum, [right, row]) => sum + [...row].reduce((rest, [said, n]) => rest + (said === right ? 0 : n), 0),
      0,
    );
  }

  /** A line for each verdict that was right, and a column for each that was said. */
  lines(): string[] {
    const codes = [...new Set([...this.#said].flatMap(([right, row]) => [right, ...row.keys()]))].sort();
    const width = Math.max(...codes.map((code) => code.length)) + 1;
    const cell = (value: string | number) => String(value).padStart(width);
    const row = (right: string) =>
      cell(right) + codes.map((said) => cell(this.#said.get(right)?.get(said) ?? 0)).join('');
    return [cell('right \\ said') + codes.map(cell).join(''), ...codes.map(row)];
  }
}

describe.skipIf(process.platform !== 'linux')('verdicts', () => {
  it(`are told apart ${RUNS} of ${RUNS} times`, async () => {
    const matrix = new ConfusionMatrix();
    for (const level of levelsToTry(best.level)) {
      await provoke(level, level === best.level ? ENDINGS : ENDINGS_OF_CAPS, matrix);
      for (let run = 0; run < RUNS && crowded !== null; run++) {
        matrix.count('HOST_OOM', (crowded.verdict(level) as { code: string }).code);
      }
    }
    for (const line of matrix.lines()) console.log(`figure: ${line}`);
    expect(matrix.wrong).toBe(0);
  });
});

async function provoke(capLevel: CapLevel, endings: typeof ENDINGS, matrix: ConfusionMatrix): Promise<void> {
  const options = bridgeOptions({ capLevel });
  const bridge = Bridge.start(options);
  try {
    for (const ending of endings) {
      for (let run = 0; run < RUNS; run++) {
        const { code } = await endingOf(bridge, options.schemas, ending);
        matrix.count(ending.code, code);
      }
    }
  } finally {
    await bridge.close();
  }
}
