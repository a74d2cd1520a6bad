/** What a Flink job failed of, out of the stacks of Java and Python that PyFlink prints. */

/** The error of the user's Python, and the frames of files that are not libraries of Flink. */
export interface PythonFailure {
  /** `ZeroDivisionError: division by zero` */
  readonly message: string;
  readonly traceback: string;
}

const START = 'Traceback (most recent call last):';
const LIBRARY =
  /File "(<|pyflink\/|apache_beam\/)|[/\\](site|dist)-packages[/\\](pyflink|apache_beam|grpc|py4j|pip)[/\\]|[/\\]python[/\\]millstream[/\\]|[/\\]importlib[/\\]__init__\.py"/;

/** The first Python traceback with a frame outside Flink's libraries, of a worker rather than of the driver; null: there is none. */
export function pythonFailure(output: string): PythonFailure | null {
  const blocks = output.split(START).slice(1).map(readBlock);
  const own = blocks.filter((block) => block !== null && block.frames.length > 0);
  const [failure] = own.filter((block) => !block!.frames.some((frame) => frame.includes('driver.py')));
  if (failure == null) return null;
  return { message: failure.message, traceback: [START, ...failure.frames, failure.message].join('\n') };
}

function readBlock(text: string): { frames: string[]; message: string } | null {
  const frames: string[] = [];
  let kept = false;
  for (const line of text.split('\n').slice(1)) {
    if (line.startsWith('  File ')) kept = !LIBRARY.test(line);
    if (!line.startsWith('  ')) return { frames, message: line.trim() };
    if (kept) frames.push(line);
  }
  return null;
}
