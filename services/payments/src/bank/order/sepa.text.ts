import { DomainError } from '@talkoot/http-service';

/** A structured address: banks take no other since November 2026. */
export interface PostalAddress {
  readonly street?: string | undefined;
  readonly building?: string | undefined;
  readonly postcode?: string | undefined;
  readonly town: string;
  readonly country: string;
}

/** Most characters of each part of an address, as `pain.001` has them. */
const most = { street: 70, building: 16, postcode: 16, town: 35 } as const;

/**
 * @throws DomainError `text-unwritable` for a name or a town of which nothing reaches the bank: said when an account is given, not when its
 * payment is held up
 */
export function requireWritable(creditor: {
  readonly name: string;
  readonly address?: PostalAddress | undefined;
}): void {
  writableText(creditor.name);
  if (creditor.address && !writableAddress(creditor.address)) throw new DomainError('text-unwritable');
}

/**
 * An address as the bank reads it. A part of which nothing can be written is left out; without a town there is none, so that one payee's
 * address holds up nobody's payment.
 */
export function writableAddress({ country, ...parts }: PostalAddress): PostalAddress | null {
  const part = (name: keyof typeof most) => written(parts[name] ?? '', most[name]) ?? undefined;
  const town = part('town');
  if (town === undefined) return null;
  return { street: part('street'), building: part('building'), postcode: part('postcode'), town, country };
}

/** Letters that do not fall apart into a Latin one and a mark. */
const letters: Readonly<Record<string, string>> = {
  Æ: 'AE',
  æ: 'ae',
  Œ: 'OE',
  œ: 'oe',
  Ø: 'O',
  ø: 'o',
  ß: 'ss',
  ẞ: 'SS',
  Ł: 'L',
  ł: 'l',
  Đ: 'D',
  đ: 'd',
  Ð: 'D',
  ð: 'd',
  Þ: 'TH',
  þ: 'th',
  Ŋ: 'N',
  ŋ: 'n',
  Ħ: 'H',
  ħ: 'h',
  Ŧ: 'T',
  ŧ: 't',
  ı: 'i',
};

/**
 * A text in the characters that every bank of SEPA reads: marks are taken off letters, and what is left over becomes a full stop.
 * Source: EPC217-08, best practices of the SEPA requirements for an extended character set.
 * @throws DomainError `text-unwritable` when no letter or digit of it can be written
 */
export function writableText(text: string, max = 70): string {
  const plain = written(text, max);
  if (plain === null) throw new DomainError('text-unwritable');
  return plain;
}

function written(text: string, max: number): string | null {
  const plain = text
    .replaceAll(/./gu, (sign) => letters[sign] ?? sign)
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[^A-Za-z0-9/?:().,'+ -]/gu, '.')
    // A text that begins or ends with a slash, or has two, is refused by banks.
    .replaceAll(/\/{2,}/g, '/')
    .replace(/^[/ ]+/, '')
    .slice(0, max)
    .replace(/[/ ]+$/, '');
  return /[A-Za-z0-9]/.test(plain) ? plain : null;
}
