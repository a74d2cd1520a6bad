/** PERCENTILE: the value below which a share of the group lies; between two values it is interpolated. */
import type { DataType } from '../../types/data-type.js';
import { typeFamily } from '../../types/type-family.js';
import { types } from '../../types/types.js';
import type { AggregateFunction } from '../aggregate-function.js';
import { double, integer } from '../parameter.js';
import type { FunctionArgument } from '../scalar-function.js';
import { hostCall } from './host-call.js';
import { invoke } from './invoke.js';

const SHARES = types.array(types.double());

/** Null where it is no share, nor several. */
function shareType({ type, literal }: FunctionArgument): DataType | null {
  if (type.kind === 'ARRAY') return typeFamily(type.element) === 'numeric' ? SHARES : null;
  const isShare = typeFamily(type) === 'numeric' && Number(literal) >= 0 && Number(literal) <= 1;
  return isShare ? types.double() : null;
}

/** DuckDB knows no value that counts several times: with a frequency it is computed in Python. */
export const percentileFunction: AggregateFunction = {
  id: 'PERCENTILE',
  names: ['PERCENTILE'],
  signature: 'PERCENTILE(NUMERIC, NUMERIC literal or ARRAY of them, from 0 to 1 [, INT])',
  infer: ([value, share, frequency, ...rest]) => {
    if (value === undefined || share === undefined || rest.length > 0) return null;
    const type = shareType(share);
    const accepted = double.accept(value);
    const counts = frequency === undefined ? 'same' : integer.accept(frequency);
    if (accepted === null || type === null || counts === null) return null;
    const coercions = [accepted, type, counts].map((each) => (each === 'same' ? null : each));
    return { type, coercions: frequency === undefined ? coercions.slice(0, 2) : coercions };
  },
  render: ([value, share, frequency], call) => {
    if (frequency === undefined) return invoke('quantile_cont', [value!, share!], call);
    const name = call.resultType.kind === 'ARRAY' ? 'percentiles_of' : 'percentile_of';
    return hostCall(name, share!, invoke('list', [`{v: ${value}, n: ${frequency}}`], call));
  },
};
