import { newTrustee } from '@talkoot/ballot-protocol';
import { custodyLock } from '@talkoot/ballot-protocol/node';
import type { Command } from 'commander';
import { custodyFile, openIdentity, writeIdentity } from './custody.file.ts';
import { custodyInMemory } from './custody.memory.ts';
import { readPassphrase } from './passphrase.ts';
import { refusingPlainly } from './poll.errors.ts';
import { aboutPoll, placeOfPoll } from './poll.place.ts';
import { tell } from '../terminal.ts';
import type { PlaceOptions } from './poll.place.ts';
import { advance, checkKey, destroy, release } from './trustee.ts';
import type { Awaited, Progress, Trustee } from './trustee.ts';

interface TrusteeOptions extends PlaceOptions {
  readonly identity: string;
  readonly custody?: string;
  readonly gone?: boolean;
}
type Step = (trustee: Trustee, options: TrusteeOptions) => Promise<Progress>;

/** `talkoot poll trustee`: the part of one of those who keep a poll's key together. */
export function registerTrustee(poll: Command): void {
  const trustee = poll.command('trustee').description('Keep a share of the keys of polls');
  trustee
    .command('new')
    .description('Make the keys that a charter names you with, in a file under a passphrase')
    .requiredOption('--out <file>', 'the new identity file')
    .requiredOption('--name <name>', 'as the charter shall name you')
    .requiredOption('--organisation <name>', 'the one you stand for')
    .option('--json', 'print {"name","organisation","signingKey","sealingKey"} as JSON')
    .action((options: NewOptions) => refusingPlainly(() => makeIdentity(options)));
  step(trustee, 'advance', advance).description(
    "Do what is awaited of you in the making of a poll's key: round 1, round 2 or the confirmation",
  );
  aboutPoll(trustee.command('check'))
    .description('Before the poll opens: compare the published manifest with the key that you made')
    .requiredOption('--identity <file>', 'your identity file')
    .action((pollId: string, options: TrusteeOptions) => refusingPlainly(() => check(pollId, options)));
  step(trustee, 'release', release).description(
    'Give your share, once complaints are settled, so that the ballots can be opened',
  );
  step(trustee, 'destroy', (one, { gone }) => destroy(one, gone))
    .description('Destroy your share of a poll that is over, and sign that you did')
    .option('--gone', 'the custody file was destroyed or lost before: only sign that it is gone');
}

interface NewOptions {
  readonly out: string;
  readonly name: string;
  readonly organisation: string;
  readonly json?: boolean;
}

async function makeIdentity({ out, name, organisation, ...options }: NewOptions): Promise<void> {
  const lock = custodyLock(await readPassphrase({ isNew: true }));
  const { secrets, keys } = newTrustee();
  await writeIdentity(out, lock, name, secrets);
  tell(options, { name, organisation, ...keys }, [
    `Your secrets are in ${out}. Keep a copy of it where nobody else gets at it, apart from the passphrase.`,
    'Whoever loses both, or forgets the passphrase, is no trustee any more: nobody can help.',
    'For the charter:',
    `  name          ${name}`,
    `  organisation  ${organisation}`,
    `  signing key   ${keys.signingKey}`,
    `  sealing key   ${keys.sealingKey}`,
  ]);
}

async function check(pollId: string, options: TrusteeOptions): Promise<void> {
  const { ballots, poll } = await placeOfPoll(pollId, options);
  const identity = await openIdentity(options.identity, custodyLock(await readPassphrase({ isNew: false })));
  const found = await checkKey({ ballots, poll, identity, custody: custodyInMemory() });
  tell(options, { ...found }, [
    `You are trustee ${found.index}. Ballots are sealed to the key that you confirmed.`,
    `manifest  ${found.manifest}`,
    `trustees  ${found.ceremony}`,
    'Both numbers have to be the same for all trustees: read them to each other by another way than this service.',
  ]);
}

function step(trustee: Command, name: string, take: Step): Command {
  return aboutPoll(trustee.command(name))
    .requiredOption('--identity <file>', 'your identity file')
    .option(
      '--custody <file>',
      'your custody file of this poll (default: beside the other, IDENTITY.POLL.custody.json)',
    )
    .action((pollId: string, options: TrusteeOptions) =>
      refusingPlainly(async () => {
        const { ballots, poll } = await placeOfPoll(pollId, options);
        const lock = custodyLock(await readPassphrase({ isNew: false }));
        const identity = await openIdentity(options.identity, lock);
        const file = options.custody ?? `${options.identity.replace(/\.json$/, '')}.${pollId}.custody.json`;
        const custody = custodyFile({ file, lock, poll });
        const done = await take({ ballots, poll, identity, custody }, options);
        tell(options, { ...done, custody: file }, [inWords(done, file), nextInWords(done, pollId)]);
      }),
    );
}

function inWords({ index, gave }: Progress, file: string): string {
  const you = `You are trustee ${index}.`;
  if (gave === null) return `${you} Your part was given before; nothing is changed.`;
  if (gave === 'destruction') return `${you} ${file} is destroyed, and your word for it was taken.`;
  if (gave === 'share') return `${you} Your share was taken.`;
  return `${you} Your ${names[gave]} was taken. Keep ${file}: what follows stands on it.`;
}

const names: Readonly<Record<Awaited, string>> = {
  round1: 'round 1',
  round2: 'round 2',
  confirmation: 'confirmation',
  nothing: 'nothing',
  share: 'share',
  destruction: 'destruction',
};

function nextInWords({ gave, awaited }: Progress, pollId: string): string {
  const check = `When the manifest is published, before the poll opens: talkoot poll trustee check ${pollId} --identity FILE`;
  switch (awaited) {
    case 'round1':
    case 'round2':
    case 'confirmation':
      if (gave !== null && gave !== awaited) {
        return `Awaited now: ${names[awaited]}, yours too. Run the same command again.`;
      }
      return `Awaited now: ${names[awaited]} of others; talkoot poll status ${pollId} says of whom. ${
        awaited === 'confirmation' ? check : 'Then run the same command again.'
      }`;
    case 'nothing':
      return gave === 'confirmation' ? `The key is made. ${check}` : 'Nothing is awaited of trustees now.';
    case 'share':
      return 'Awaited now: shares of more trustees.';
    case 'destruction':
      return 'Awaited now: that everybody destroys their share.';
  }
}
