import type { Answer } from '@talkoot/api-contracts';
import type { PaymentsApi } from '@talkoot/api-contracts/payments';
import { amountText } from '../amount.text.ts';

type Preview = Answer<PaymentsApi['routes']['previewYearEnd']>;
type YearEnd = Answer<PaymentsApi['routes']['getYearEnd']>;
type Funds = Answer<PaymentsApi['routes']['getPilotFunds']>;

const fates = {
  lapses: 'lapses: uncommitted, gone with its year',
  carriesOver: 'carried over: set aside, to be spent in the next year',
  bringsForward: 'brought forward: owed or under way, to be paid in the next year',
} as const;

/** What becomes of each amount when the year ends. */
export function closingLines(closing: Preview): string[] {
  const { pilotId, fiscalYear, into } = closing;
  const groups = Object.entries(fates).map(([fate, title]) =>
    groupLines(title, closing[fate as keyof typeof fates]),
  );
  return [`${pilotId}: the end of ${fiscalYear}, into ${into}`, ...groups.flat()];
}

function groupLines(title: string, lines: Preview['lapses']): string[] {
  const shown = lines.map(
    ({ account, projectId, amount }) =>
      `      ${amountText(amount).padStart(20)}  ${account}${projectId === null ? '' : `  ${projectId}`}`,
  );
  return [`    ${title}`, ...(shown.length > 0 ? shown : ['                   nothing'])];
}

/** A proposed or confirmed end of a year: what the second person reads before they sign. */
export function yearEndLines(yearEnd: YearEnd): string[] {
  const { state, allotment, proposedAt, confirmedAt, sha256 } = yearEnd;
  const allotted = Object.entries(allotment).map(([fund, amount]) => `${fund} ${amountText(amount)}`);
  const when = confirmedAt === null ? `proposed ${proposedAt}` : `confirmed ${confirmedAt}`;
  return [
    ...closingLines(yearEnd),
    `    allotted anew for ${yearEnd.into}: ${allotted.join(', ')}`,
    `    ${state === 'confirmed' ? 'it has ended' : 'nothing has happened yet'}; ${when}`,
    `    SHA-256 ${sha256}`,
  ];
}

/** The funds of a pilot in its open year. */
export function fundsLines({ pilotId, fiscalYear, funds }: Funds): string[] {
  const lines = funds.map(({ fund, allotted, carriedOver, available, setAside, used }) => {
    const parts = [
      `allotted ${amountText(allotted)}`,
      `carried over ${amountText(carriedOver)}`,
      `set aside ${amountText(setAside)}`,
      `used ${amountText(used)}`,
      `available ${amountText(available)}`,
    ];
    return `    ${fund.padEnd(8)}${parts.join(', ')}`;
  });
  return [`${pilotId}: ${fiscalYear} is open`, ...lines];
}
