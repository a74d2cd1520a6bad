/** Hands out devices: whole ones, or shares of one. Bookkeeping only; nobody enforces it. */
export class GpuDevices {
  /** What is free of each, 0 to 1. */
  readonly #free: Map<string, number>;

  /** @param devices names as CUDA_VISIBLE_DEVICES has them */
  constructor(devices: readonly string[]) {
    this.#free = new Map(devices.map((device) => [device, 1]));
  }

  /**
   * Takes `gpus` devices, or a share of the fullest one that has it; null where there is no room.
   * @param gpus below 1, or whole
   */
  take(gpus: number): GpuLease | null {
    const share = Math.min(1, gpus);
    const fitting = [...this.#free]
      .filter(([, free]) => free >= share - SLACK)
      .sort(([, a], [, b]) => a - b)
      .slice(0, Math.max(1, gpus))
      .map(([device]) => device);
    if (fitting.length < Math.max(1, gpus)) return null;
    for (const device of fitting) this.#free.set(device, this.#free.get(device)! - share);
    let isTaken = true;
    return {
      devices: fitting,
      release: () => {
        if (isTaken) for (const device of fitting) this.#free.set(device, this.#free.get(device)! + share);
        isTaken = false;
      },
    };
  }
}

/** Devices for one worker; `release` gives them back, once. */
export interface GpuLease {
  readonly devices: readonly string[];
  release(): void;
}

const SLACK = 1e-6;
