/** Any text for any key: a value of the option's type, or a typed error that says what is expected. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { OPTIONS, type OptionKey } from '../../../core/config/options.js';
import { Configuration, ConfigurationError } from '../../../core/index.js';

const RUNS = { numRuns: process.env.MILLSTREAM_LONG === '1' ? 50_000 : 2_000, seed: 20_261_122 };
const KEYS = Object.keys(OPTIONS) as OptionKey[];
const text = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '-1',
    '0',
    '1e999',
    'NaN',
    '1 tb',
    '99999999999999999999 gb',
    '-5 s',
    'true',
    ':,:',
    ';;',
    '__proto__:x',
  ),
  fc
    .tuple(fc.integer(), fc.constantFrom('', ' b', 'kb', ' mb', ' s', ' min', '%'))
    .map(([n, unit]) => `${n}${unit}`),
);

it('an option takes a text or refuses it with a hint, and gives what it took', () => {
  fc.assert(
    fc.property(fc.constantFrom(...KEYS), text, (key, value) => {
      const configuration = new Configuration();
      if (!accepts(() => configuration.set(key, value, 'SET'))) return;
      const parsed = configuration.get(key);
      expect(parsed).not.toBeNaN();
      expect(parsed).toEqual(configuration.get(key));
      configuration.reset(key);
      expect(configuration.get(key)).toEqual(new Configuration().get(key));
    }),
    RUNS,
  );
});

it('a key that does not exist is refused, whatever it looks like', () => {
  const key = fc.oneof(
    fc.string(),
    fc.constantFrom(
      '__proto__',
      'constructor',
      'millstream.function..x',
      'millstream.function.f.timeout',
      'python.',
    ),
  );
  fc.assert(
    fc.property(key, text, (name, value) => {
      const configuration = new Configuration();
      accepts(() => configuration.set(name, value, 'SET'));
      accepts(() => configuration.reset(name));
    }),
    RUNS,
  );
  expect(Object.keys(Object.prototype)).toEqual([]);
});

function accepts(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigurationError);
    return false;
  }
}
