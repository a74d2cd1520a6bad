/** What Python's faulthandler writes at SIGUSR2, cut to the user's own stack. */

const THREAD = /^(?:Current thread|Thread) 0x/;
/** The harness's frames: below the user's, since faulthandler writes the most recent call first. */
const OF_HARNESS = /[\\/]millstream[\\/]_/;
/** The first of them, on the main thread alone. */
const OF_MAIN_THREAD = /[\\/]millstream[\\/]_worker[\\/]worker_main\.py"/;
const FRAME = /^ {2}File "(.*)", line (\d+) in (.*)$/;

/**
 * The main thread's stack as Python prints one, below a sentence that says where native code was called; the whole text
 * where it cannot be read.
 */
export function forcedStack(text: string): string {
  const frames = mainThread(text.split('\n'));
  const own = frames.findIndex((line) => OF_HARNESS.test(line));
  const users = (own === -1 ? frames : frames.slice(0, own)).flatMap((line) => {
    const [, file, number, name] = FRAME.exec(line) ?? [];
    return file === undefined || number === undefined || name === undefined ? [] : [{ file, number, name }];
  });
  const last = users[0];
  if (last === undefined) return text;
  const place = `${last.file.split(/[\\/]/).at(-1)}:${last.number}`;
  const stack = users
    .reverse()
    .map(({ file, number, name }) => `  File "${file}", line ${number}, in ${name}`);
  return [
    `It is in native code that does not let other Python code run, called at ${place}.`,
    '',
    'Thread MainThread:',
    ...stack,
    '',
  ].join('\n');
}

function mainThread(lines: readonly string[]): readonly string[] {
  const begins = lines.flatMap((line, i) => (THREAD.test(line) ? [i] : []));
  const threads = begins.map((begin, i) => lines.slice(begin + 1, begins[i + 1]));
  return threads.find((frames) => frames.some((line) => OF_MAIN_THREAD.test(line))) ?? [];
}
