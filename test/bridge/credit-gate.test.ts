import { describe, expect, it } from 'vitest';
import { CreditGate } from '../../bridge/credit-gate.js';

describe('credit', () => {
  it('lets senders pass in their order while any is left', async () => {
    const gate = new CreditGate();
    const passed: number[] = [];
    const senders = [6, 6, 6].map((bytes, index) => gate.pass(bytes).then(() => passed.push(index)));

    gate.grant(10);
    await Promise.all(senders.slice(0, 2));
    expect(passed).toEqual([0, 1]);

    gate.grant(2);
    expect(passed).toEqual([0, 1]);
    gate.grant(1);
    await senders[2];
    expect(passed).toEqual([0, 1, 2]);
  });

  it('lets one batch pass that is larger than the window', async () => {
    const gate = new CreditGate();
    gate.grant(1);

    await expect(gate.pass(1_000)).resolves.toBeUndefined();
  });

  it('fails those who wait and those who come later', async () => {
    const gate = new CreditGate();
    const waiting = gate.pass(1);

    gate.fail(new Error('dead'));

    await expect(waiting).rejects.toThrow('dead');
    await expect(gate.pass(1)).rejects.toThrow('dead');
  });
});
