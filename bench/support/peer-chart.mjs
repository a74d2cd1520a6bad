/** Speeds beside the plain loop's as an SVG: a panel for each workload, bars on a logarithmic scale. */
import { cpus } from 'node:os';

const WIDTH = 860;
const LEFT = 190;
const RIGHT = 70;
const BAR = 20;
const GAP = 6;
const HEADING = 34;
const TOP = 62;
const BOTTOM = 54;
const LEAST = 0.005;
const MOST = 4;
const TICKS = [0.01, 0.1, 1];

/** @param titles by workload, as `CASES` has them */
export function peerChart({ results, rows, titles, date }) {
  const panels = Object.entries(titles).flatMap(([workload, { title }]) => {
    const bars = results.filter((result) => result.workload === workload);
    return bars.length === 0 ? [] : [{ title, bars: bars.sort((a, b) => b.speed.median - a.speed.median) }];
  });
  const parts = [];
  let y = TOP;
  for (const { title, bars } of panels) {
    const height = bars.length * (BAR + GAP);
    parts.push(text(LEFT, y + 20, title, { weight: 600 }));
    y += HEADING;
    for (const tick of TICKS) parts.push(line(tick, y - 4, y + height));
    for (const { name, speed } of bars) {
      parts.push(bar(name, speed.median, y));
      y += BAR + GAP;
    }
    y += GAP;
  }
  for (const tick of TICKS) parts.push(text(at(tick), y + 14, `${tick}×`, { anchor: 'middle', size: 12 }));
  const day = date.toISOString().slice(0, 10);
  const how =
    `${day}, ${rows.toLocaleString('en')} rows of Parquet, ${cpus().length} cores; ` +
    'medians of pairs with the loop, engines warm. npm run bench -- peers';
  const height = y + BOTTOM;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="14">
<title>Speed of Python functions in several systems as a multiple of a plain Python loop</title>
<rect width="100%" height="100%" fill="#fff"/>
${text(20, 30, 'Python functions: speed as a multiple of a plain Python loop', { size: 17, weight: 600 })}
${text(20, 50, 'longer is faster; right of 1× is faster than the loop; logarithmic', { size: 12 })}
${parts.join('\n')}
${text(20, height - 16, how, { size: 12 })}
</svg>
`;
}

function bar(name, speed, y) {
  const fill = name === 'Millstream' ? '#0b7285' : '#adb5bd';
  const width = Math.max(1, at(speed) - LEFT);
  return `${text(LEFT - 10, y + 15, name, { anchor: 'end' })}
<rect x="${LEFT}" y="${y}" width="${width.toFixed(1)}" height="${BAR}" fill="${fill}"/>
${text(LEFT + width + 6, y + 15, `${speed.toPrecision(2)}×`, { size: 12 })}`;
}

function line(speed, from, to) {
  const x = at(speed).toFixed(1);
  return `<line x1="${x}" x2="${x}" y1="${from}" y2="${to}" stroke="${speed === 1 ? '#495057' : '#dee2e6'}"/>`;
}

function at(speed) {
  const share = Math.log(Math.min(MOST, Math.max(LEAST, speed)) / LEAST) / Math.log(MOST / LEAST);
  return LEFT + share * (WIDTH - LEFT - RIGHT);
}

function text(x, y, content, { anchor = 'start', size = 14, weight = 400 } = {}) {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" font-size="${size}" font-weight="${weight}" fill="#212529">${escaped}</text>`;
}
