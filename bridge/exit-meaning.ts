/** What signals and exit codes of a worker mean, in words. */

/** How a signal came about. */
export interface SignalMeaning {
  /** Native code failed; otherwise somebody sent it. */
  readonly isCrash: boolean;
  /** A sentence. */
  readonly text: string;
}

/** Of a signal that ended a worker; one that nobody foresaw was sent. */
export function signalMeaning(signal: string): SignalMeaning {
  return SIGNALS[signal] ?? sent('It was sent from outside.');
}

/** What an exit code says, as the end of a sentence that begins with a space; empty where it says nothing. */
export function exitCodeMeaning(code: number | null): string {
  if (code === null) return '';
  const named = EXIT_CODES[code];
  if (named !== undefined) return ` (${named})`;
  const signal = code > 128 ? SIGNAL_NUMBERS[code - 128] : undefined;
  return signal === undefined ? '' : ` (what a shell says of a program that ${signal} ended)`;
}

function crash(text: string): SignalMeaning {
  return { isCrash: true, text };
}

function sent(text: string): SignalMeaning {
  return { isCrash: false, text };
}

const SIGNALS: Readonly<Record<string, SignalMeaning>> = {
  SIGSEGV: crash('It used memory that is not there, or its stack was full.'),
  SIGBUS: crash('A mapped file or shared memory ended early: a file that was cut off, or a full /dev/shm.'),
  SIGABRT: crash('It gave up by itself: a check that failed, or a C++ exception that nobody caught.'),
  SIGILL: crash(
    'It met an instruction that this processor does not have, as of a wheel built for another one.',
  ),
  SIGFPE: crash('Native code divided a whole number by zero.'),
  SIGSYS: crash('It made a system call that is forbidden here.'),
  SIGTRAP: crash('It met a trap that is meant for a debugger.'),
  SIGTERM: sent('It was asked to end, as by `kill` or a service manager.'),
  SIGINT: sent('It was interrupted, as by Ctrl-C.'),
  SIGHUP: sent('Its terminal was closed.'),
  SIGQUIT: sent('It was asked to quit, as by Ctrl-\\.'),
  SIGXFSZ: sent('It wrote a file larger than it may.'),
};

const EXIT_CODES: Readonly<Record<number, string>> = {
  0: 'as if all were done',
  71: 'it took the core to be gone',
  126: 'what a shell says of a program that cannot be run',
  127: 'what a shell says of a program that is not there',
};

/** Numbers that are the same on all platforms. */
const SIGNAL_NUMBERS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
};
