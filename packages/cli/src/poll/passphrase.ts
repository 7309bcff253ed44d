import { askUnseen, canAsk } from '../question.ts';
import { PollRefused } from './poll.errors.ts';

export interface AskedPassphrase {
  readonly isNew: boolean;
  /** Variable of the environment that may hold it. */
  readonly variable?: string;
  /** Whose it is, where there are several. */
  readonly whose?: string;
}

/**
 * A passphrase: from the environment, else asked for on the terminal without showing it.
 * @throws PollRefused `passphrase-missing` where there is no terminal, `passphrase-differs`
 */
export async function readPassphrase({
  isNew,
  variable = 'TALKOOT_PASSPHRASE',
  whose = '',
}: AskedPassphrase): Promise<string> {
  const given = process.env[variable];
  if (given) return given;
  if (!canAsk()) {
    throw new PollRefused('passphrase-missing', `Run it on a terminal, or set ${variable}.`);
  }
  const of = whose && ` of ${whose}`;
  const passphrase = await askUnseen(
    isNew ? `New passphrase${of} (12 characters or more): ` : `Passphrase${of}: `,
  );
  if (isNew && (await askUnseen('Once more: ')) !== passphrase) {
    throw new PollRefused('passphrase-differs', 'The two are not the same; nothing was written.');
  }
  return passphrase;
}
