import type { CapLimits } from './worker-cap.js';

/** The group with its limits set; removed again where one cannot be. @throws what setting it throws */
export function limited<Group extends { limit(limits: CapLimits): void; remove(): void }>(
  group: Group,
  limits: CapLimits,
): Group {
  try {
    group.limit(limits);
  } catch (error) {
    group.remove();
    throw error;
  }
  return group;
}
