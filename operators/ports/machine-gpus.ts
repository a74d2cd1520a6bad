/** Which devices functions may be given. */
import { readdirSync } from 'node:fs';

/** Names as CUDA_VISIBLE_DEVICES has them: those that this process sees, else all of the NVIDIA driver's. */
export function machineGpus(
  visible: string | undefined = process.env.CUDA_VISIBLE_DEVICES,
  folder = '/dev',
): readonly string[] {
  if (visible !== undefined) return visible.split(',').flatMap((name) => name.trim() || []);
  try {
    return readdirSync(folder)
      .flatMap((name) => /^nvidia(\d+)$/.exec(name)?.[1] ?? [])
      .sort((a, b) => Number(a) - Number(b));
  } catch {
    return [];
  }
}
