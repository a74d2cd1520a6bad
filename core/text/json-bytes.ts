/** Values as JSON in UTF-8: positions of sources in checkpoints, headers of frames. */

export function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

/** What `jsonBytes` was given; the caller says what that was. */
export function fromJsonBytes<T>(bytes: Uint8Array): T {
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}
