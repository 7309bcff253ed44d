import { newTrustee } from '@talkoot/ballot-protocol';
import { Command } from 'commander';
import { expect, test, vi } from 'vitest';
import { ballotsStandIn, CeremonyDesk } from './ballots.fixture.ts';
import { registerStatus } from './poll.status.ts';

test('shows the keys of trustees, which tell them from others of the same name', async () => {
  const people = [newTrustee(), newTrustee()];
  const trustees = people.map(({ keys }, at) => ({
    index: at + 1,
    name: `Trustee ${at}`,
    organisation: `Organisation ${at}`,
    ...keys,
  }));
  const ceremony = {
    protocol: 'talkoot-key-v1',
    municipality: 'lintula',
    poll: 'pol-1',
    threshold: 2,
  } as const;
  const service = await ballotsStandIn(new CeremonyDesk({ ...ceremony, trustees }));
  const written: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  try {
    const program = new Command('poll').exitOverride();
    registerStatus(program);
    const words = ['status', 'pol-1', '-m', 'lintula', '--url', service.url];
    await program.parseAsync(words, { from: 'user' });
  } finally {
    spy.mockRestore();
    service.close();
  }
  for (const { keys } of people)
    expect(written.join('')).toContain(`${keys.signingKey} ${keys.sealingKey}\n`);
});
