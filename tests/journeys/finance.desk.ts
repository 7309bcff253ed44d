import type { Role } from '@talkoot/api-contracts';
import { servicesFor, signIn } from '@talkoot/cli';
import { personNumber } from '@talkoot/local-stack';
import type { StackHandle } from '@talkoot/local-stack';
import { notificationXml } from '@talkoot/bank-simulator';
import type { Entry } from '@talkoot/bank-simulator';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const program = fileURLToPath(new URL('../../packages/cli/src/talkoot.ts', import.meta.url));
const municipalityId = 'lintula';
export const here = { municipalityId };

type Services = ReturnType<typeof servicesFor>;

/** Somebody who signed in as a browser does. */
export interface Person extends Services {
  readonly personId: string;
  readonly token: string;
}

/** Whom the demo does not have: one person with all three roles of a payout, and those who only look, pay wages or keep personnel files. */
const others = {
  deputy: ['finance-clerk', 'payout-approver', 'payout-releaser'],
  'payroll-clerk': ['payroll'],
  'personnel-clerk': ['hr'],
  auditor: ['auditor'],
} as const satisfies Record<string, readonly Role[]>;

/** The people who have to do with the money of the demo's municipality, and its bank. */
export interface FinanceDesk {
  readonly clerk: Person;
  readonly approver: Person;
  readonly releaser: Person;
  readonly deputy: Person;
  readonly payroll: Person;
  readonly hr: Person;
  readonly auditor: Person;
  readonly champion: Person;
  readonly investor: Person;
  readonly civilServant: Person;
  /** The clerk takes in a notification of the bank with these movements. */
  bankSays(entries: readonly Entry[]): ReturnType<Services['payments']['importBankMessage']>;
  /** A notification about the account that the demo pays from, as a file. */
  notification(entries: readonly Entry[]): Promise<string>;
  /** Runs `talkoot …` as somebody, to its end. */
  talkoot(person: Person, ...words: string[]): Promise<string>;
}

export async function financeDesk(stack: StackHandle): Promise<FinanceDesk> {
  await othersAreKnown(stack);
  const as = (key: string) => signedIn(stack, `${key}.${municipalityId}`);
  const clerk = await as('finance-clerk');
  let messages = 0;
  const notification = async (entries: readonly Entry[]) => {
    const { items } = await clerk.payments.listDebtorAccounts({ params: here });
    const { iban } = items.find(({ state }) => state === 'in-force')!;
    messages += 1;
    return notificationXml({ messageId: `LATER-${messages}`, at: new Date(), iban, entries });
  };
  return {
    clerk,
    approver: await as('payout-approver'),
    releaser: await as('payout-releaser'),
    deputy: await as('deputy'),
    payroll: await as('payroll-clerk'),
    hr: await as('personnel-clerk'),
    auditor: await as('auditor'),
    champion: await as('resident-1'),
    investor: await as('investor'),
    civilServant: await as('civil-servant-1'),
    notification,
    bankSays: async (entries) =>
      clerk.payments.importBankMessage({ params: here, body: await notification(entries) }),
    async talkoot({ token }, ...words) {
      const env = { ...process.env, TALKOOT_TOKEN: token, TALKOOT_MUNICIPALITY: municipalityId };
      const run = [program, ...words, '--data', stack.data];
      return (await promisify(execFile)(process.execPath, run, { env, timeout: 120_000 })).stdout;
    },
  };
}

async function othersAreKnown(stack: StackHandle): Promise<void> {
  const people = Object.entries(others).map(([key, roles]) => ({
    subject: `${key}.${municipalityId}`,
    nationalId: personNumber(`${key}.${municipalityId}`),
    municipalityId,
    roles: [...roles],
  }));
  const secret = stack.environment['LOCAL_GRANT_SECRET']!;
  await servicesFor(stack.urls).identity.createLocalPeople({ body: { secret, municipalities: [], people } });
}

async function signedIn(stack: StackHandle, username: string): Promise<Person> {
  const password = stack.environment['DEV_PASSWORD']!;
  const { personId, token } = await signIn(stack.urls.identity, username, password);
  return { personId, token, ...servicesFor(stack.urls, { session: async () => token }) };
}

/** Every item of a list, page after page. */
export async function every<T>(
  page: (query: { limit: number; after?: string }) => Promise<{ items: readonly T[]; next: string | null }>,
): Promise<T[]> {
  const all: T[] = [];
  for (let after: string | null | undefined; after !== null;) {
    const { items, next }: { items: readonly T[]; next: string | null } = await page({
      limit: 200,
      ...(after === undefined ? {} : { after }),
    });
    all.push(...items);
    after = next;
  }
  return all;
}

export const sum = (amounts: readonly number[]): number =>
  amounts.reduce((total, amount) => total + amount, 0);
