import { dataDirectory } from '@talkoot/local-stack';
import { obligations } from './acts/payout.act.ts';
import { municipalityOf } from './play.ts';
import type { OfficialKey, Play } from './play.ts';

interface Question {
  readonly asks: string;
  /** The command and the ids it takes; one that nothing has leaves the question out. */
  readonly words: readonly (string | undefined)[];
  /** Who signs in for it; nobody has to for what is public. */
  readonly as?: OfficialKey;
}

/** What people will ask of this pilot, each with the one command that answers it. */
export async function questionsAbout(play: Play): Promise<string[]> {
  const where = ['-m', play.plan.municipality.id, ...namedStack(play)];
  return (await asked(play))
    .filter(({ words }) => !words.includes(undefined))
    .flatMap(({ asks, words, as }) => [
      asks,
      `  npm run --silent talkoot -- ${[...words, ...where, ...(as ? ['--as', as] : [])].join(' ')}`,
    ]);
}

async function asked(play: Play): Promise<Question[]> {
  const owed = await obligations(play);
  const wage = owed.find(({ payeeRole }) => payeeRole === 'civil-servant');
  const cameBack = owed.find(({ attempts }) => attempts.some(({ state }) => state === 'returned'));
  const share = owed.find((one) => one.payeeRole === 'champion' && one !== cameBack);
  return [
    { asks: 'An assessor: why this score?', words: ['why', share?.projectId] },
    {
      asks: 'A finance clerk: why this share of a bonus?',
      words: ['why', share?.obligationId],
      as: 'finance-clerk',
    },
    { asks: 'Payroll: why this wage?', words: ['why', wage?.obligationId], as: 'finance-clerk' },
    { asks: 'An investor: why does the contract pay this?', words: ['why', await outcomeDecision(play)] },
    {
      asks: 'An auditor: what became of the payment that came back?',
      words: ['why', cameBack?.obligationId],
      as: 'auditor',
    },
    {
      asks: 'A civil servant: what does my own record say?',
      words: ['record', 'show', wage && play.pilotId],
      as: 'civil-servant-1',
    },
    {
      asks: 'HR: what goes into the personnel system?',
      words: ['record', 'export', wage && play.pilotId],
      as: 'hr',
    },
  ];
}

/** The decision of the first outcome contract, if there is one. */
async function outcomeDecision(play: Play): Promise<string | undefined> {
  const invested = [...play.projects.values()].find(({ contractId }) => contractId !== undefined);
  if (!invested) return undefined;
  const params = { ...municipalityOf(play), contractId: invested.contractId! };
  const query = { limit: 1 };
  const { items } = await play.official('investor').payments.listOutcomeDecisions({ params, query });
  return items[0]?.decisionId;
}

/** What the stack has to be named by, where it is not the usual one. */
export function namedStack({ stack: { data } }: Play): string[] {
  return data === dataDirectory().root ? [] : ['--data', data];
}
