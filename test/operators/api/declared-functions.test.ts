import { describe, expect, it } from 'vitest';
import { declaredFunctions } from '../../../operators/api/declared-functions.js';

describe('the functions that a Python file declares', () => {
  it('are those decorated and those assigned, in order', () => {
    const source = `
from millstream import udf, udtf, AggregateFunction
import millstream

@udf
def first(x: int) -> int:
    return x

@millstream.udf(
    result_type="DOUBLE",
)
@cached
def second(x): ...

class Mean(AggregateFunction): ...

mean = millstream.udaf(Mean(), result_type="DOUBLE")
typed: object = udtf(Split(), result_types=["STRING"])

@udtf
class Third: ...
`;

    expect(declaredFunctions(source)).toEqual(['first', 'second', 'mean', 'typed', 'Third']);
  });

  it('are not plain, nested or private ones, nor what a docstring shows', () => {
    const source = `
"""Use it so:

@udf
def shown(x): ...
"""
def plain(): ...

@functools.cache
def cached(): ...

class Holder:
    @udf
    def method(self): ...

@udf
def _private(x: int) -> int: ...

text = '''
also = udf(x)
'''
# hidden = udf(x)
`;

    expect(declaredFunctions(source)).toEqual([]);
  });
});
