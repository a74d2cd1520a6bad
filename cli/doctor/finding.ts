/** What one check of `millstream doctor` found. */

export interface Finding {
  readonly check: string;
  /** `problem`: jobs will not run. `warning`: they run, with less. */
  readonly status: 'ok' | 'warning' | 'problem';
  readonly text: string;
  /** What to do; null where nothing is to do. */
  readonly hint: string | null;
}

export function ok(check: string, text: string): Finding {
  return { check, status: 'ok', text, hint: null };
}

export function warning(check: string, text: string, hint: string): Finding {
  return { check, status: 'warning', text, hint };
}

export function problem(check: string, text: string, hint: string | null): Finding {
  return { check, status: 'problem', text, hint };
}
