import { expect, it } from 'vitest';
import { OptionReader } from '../../../operators/connectors/option-reader.js';

const reader = (options: Readonly<Record<string, string>>) =>
  new OptionReader('t', { connector: 'c', ...options });

it('options that nobody asked for are told with the near ones', () => {
  const options = reader({ hostnme: 'x' });
  options.text('hostname');
  expect(() => options.finish()).toThrow(
    expect.objectContaining({ code: 'OPTION_UNKNOWN', hint: "Did you mean 'hostname'?" }),
  );
});

it('options below a prefix are told with their whole key', () => {
  const below = reader({ 'value.json.x': 'maybe' }).below('value.').below('json.');
  expect(() => below.flag('x', false)).toThrow("option 'value.json.x' is 'maybe'");
});

it('values are read in the form that they have', () => {
  const options = reader({ n: '7', wait: '2 s', mode: 'LATEST', list: 'a; b', 'properties.group.id': 'g' });
  expect(options.whole('n', null)).toBe(7);
  expect(options.duration('wait', null)).toBe(2_000);
  expect(options.choice('mode', ['earliest', 'latest'], 'earliest')).toBe('latest');
  expect(options.list('list')).toEqual(['a', 'b']);
  expect(options.all('properties.')).toEqual({ 'group.id': 'g' });
  expect(() => options.finish()).not.toThrow();
});

it.each([
  [{ n: '1.5' }, 'OPTION_VALUE'],
  [{ n: '-1' }, 'OPTION_VALUE'],
])('a number of another form is refused: %j', (values, code) => {
  expect(() => reader(values).whole('n', null)).toThrow(expect.objectContaining({ code }));
});

it('an option that would change results is refused unless its value changes nothing', () => {
  expect(() => reader({ charset: 'utf-8' }).refused('charset', 'UTF-8')).not.toThrow();
  expect(() => reader({ charset: 'latin1' }).refused('charset', 'UTF-8')).toThrow(
    expect.objectContaining({ code: 'OPTION_UNSUPPORTED' }),
  );
});

const VARIABLE = ['$', '{env:MILLSTREAM_TEST_SECRET}'].join('');

it('variables of the environment stand in values', () => {
  process.env.MILLSTREAM_TEST_SECRET = 'abc';
  try {
    expect(reader({ password: `${VARIABLE}!` }).text('password')).toBe('abc!');
  } finally {
    delete process.env.MILLSTREAM_TEST_SECRET;
  }
  expect(() => reader({ password: VARIABLE }).text('password')).toThrow(
    'the environment has no variable MILLSTREAM_TEST_SECRET',
  );
});
