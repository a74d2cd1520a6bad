/** Seeds of a random test: few in `npm test`, thousands in `npm run test:long`, one to replay a failure. */
const { MILLSTREAM_LONG, MILLSTREAM_SEED } = process.env;

/** 1 to `usual`, or to `long` in the long suite; only `MILLSTREAM_SEED` where that is set. */
export function seeds(usual: number, long = 5_000): readonly number[] {
  if (MILLSTREAM_SEED !== undefined && MILLSTREAM_SEED !== '') return [Number(MILLSTREAM_SEED)];
  return Array.from({ length: MILLSTREAM_LONG === '1' ? long : usual }, (_, i) => i + 1);
}
