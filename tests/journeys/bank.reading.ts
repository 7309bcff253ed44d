/** One movement on the account, as the bank's own file tells it. */
export interface BankEntry {
  readonly reference: string;
  /** Cents. */
  readonly amount: number;
  readonly direction: 'DBIT' | 'CRDT';
  readonly booked: boolean;
  /** End-to-end ids of its parts; none where the bank gave no details. */
  readonly endToEndIds: readonly string[];
  readonly isReturn: boolean;
}

/** The entries of a `camt.054`, read without any code of the product; of another file none. */
export function entriesIn(file: string): BankEntry[] {
  return [...file.matchAll(/<Ntry>(.*?)<\/Ntry>/gs)].map(([, entry = '']) => ({
    reference: textIn(entry, 'AcctSvcrRef'),
    amount: Math.round(Number(textIn(entry, 'Amt')) * 100),
    direction: textIn(entry, 'CdtDbtInd') as BankEntry['direction'],
    booked: /<Sts>\s*<Cd>BOOK<\/Cd>/.test(entry),
    endToEndIds: [...entry.matchAll(/<EndToEndId>([^<]*)</g)].map(([, id = '']) => id),
    isReturn: entry.includes('<RtrInf>'),
  }));
}

/** Of the first element of that name. */
const textIn = (xml: string, name: string): string =>
  new RegExp(`<${name}(?: [^>]*)?>([^<]*)<`).exec(xml)?.[1] ?? '';
