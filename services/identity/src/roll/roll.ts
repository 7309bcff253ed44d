import type { IssuerName, IssuerRoll } from '@talkoot/api-contracts/identity';
import { newRollSalt, rollCommitment, rollHash, writeRoll } from '@talkoot/ballot-protocol';

/** Bytes of an entry's salt. */
export const saltLength = 32;

/** Eligible people without those who gain from the result. Only the number of the excluded is kept. */
export function rollOf(
  eligible: readonly string[],
  excluded: readonly string[],
): { readonly people: readonly string[]; readonly excluded: number } {
  const out = new Set(excluded);
  const people = eligible.filter((id) => !out.has(id));
  return { people, excluded: eligible.length - people.length };
}

/** Published in place of the entries of a roll, and what tells an entry's place in it to who has its salt. */
export interface RollCommitments {
  /** 32 bytes for each entry, in the order of the entries. */
  readonly salts: Buffer;
  /** 32 bytes for each entry, ascending. */
  readonly file: Buffer;
  readonly hash: string;
}

/** Commitments to the entries, each under a fresh salt. */
export function commitTo(people: readonly string[]): RollCommitments {
  const salts = people.map(() => newRollSalt());
  const file = writeRoll(people.map((id, index) => rollCommitment(salts[index]!, id)));
  return {
    salts: Buffer.concat(salts),
    file: Buffer.from(file),
    hash: Buffer.from(rollHash(file)).toString('hex'),
  };
}

/** What everybody may know of a roll and of what the issuer has for its poll. */
export function publishedRoll(name: IssuerName, roll: Omit<IssuerRoll, 'name'>): IssuerRoll {
  const { modulus, roll: size, excluded, rollHash: hash, organisation, logKey } = roll;
  return { name, modulus, roll: size, excluded, rollHash: hash, organisation, logKey };
}
