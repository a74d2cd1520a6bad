import { expect, test } from 'vitest';
import { renderOnce } from '../../../core/render/once.js';

const twice = ([a, b]: readonly string[]) => `CASE WHEN ${a} > 0 THEN ${a} + ${b} END`;

test('an operand without a subquery may be repeated', () => {
  expect(renderOnce(['x', 'y'], [false, false], twice)).toBe('CASE WHEN x > 0 THEN x + y END');
});

test('operands with subqueries get names where one of them would be repeated', () => {
  expect(renderOnce(['(SELECT 1)', 'y'], [true, false], twice)).toBe(
    'list_transform([struct_pack(x0 := (SELECT 1))], lambda once_: CASE WHEN once_.x0 > 0 THEN once_.x0 + y END)[1]',
  );
});

test('an operand with a subquery that stands once stays where it is', () => {
  expect(renderOnce(['x', '(SELECT 1)'], [false, true], twice)).toBe(
    'CASE WHEN x > 0 THEN x + (SELECT 1) END',
  );
});
