/** Three million flights through a Python function: which airports do the late ones leave from? */
import { count, defineTable, sum, TableEnvironment, t, when } from 'millstream';

/** Types that the compiler checks below; what they say of the function is yours to keep true. */
interface Functions {
  rating(minutesLate: bigint | null, distance: bigint): string;
}

const flightColumns = defineTable({
  delay: t.bigint().nullable(),
  distance: t.bigint().nullable(),
  origin: t.string().nullable(),
});

await using env = await TableEnvironment.create();
const { rating } = await env.registerPythonFile<Functions>(new URL('functions.py', import.meta.url));
const flights = env.createTemporaryTable('flights', flightColumns, {
  connector: 'filesystem',
  path: new URL('../../node_modules/vega-datasets/data/flights-3m.parquet', import.meta.url).href,
  format: 'parquet',
});

const worst = flights
  .select((flight) => ({
    origin: flight.origin.orElse('?'),
    rating: rating(flight.delay, flight.distance.orElse(0n)),
  }))
  .groupBy((flight) => ({ origin: flight.origin }))
  .select((key, flight) => ({
    origin: key.origin,
    flights: count(),
    late: sum(when(flight.rating.eq('late'), 1n).otherwise(0n)),
  }))
  .orderBy((airport) => [airport.late.desc(), airport.origin])
  .limit(5);

// Each airport is { origin: string; flights: bigint; late: bigint | null }.
for await (const airport of worst.execute().records()) {
  console.log(`${airport.origin}  ${airport.late} of ${airport.flights} late`);
}
