import { DomainError } from '@talkoot/http-service';

/** @throws DomainError `text-unwritable`: said when an account is given, not when its payment is held up. */
export function requireWritable(creditor: {
  readonly name: string;
  readonly address?: object | undefined;
}): void {
  writableText(creditor.name);
  for (const part of Object.values(creditor.address ?? {})) if (typeof part === 'string') writableText(part);
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
  const plain = text
    .replaceAll(/./gu, (sign) => letters[sign] ?? sign)
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '');
  const written = plain
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[^A-Za-z0-9/?:().,'+ -]/gu, '.')
    // A text that begins or ends with a slash, or has two, is refused by banks.
    .replaceAll(/\/{2,}/g, '/')
    .replaceAll(/^[/ ]+|[/ ]+$/g, '')
    .slice(0, max)
    .trim();
  if (!/[A-Za-z0-9]/.test(written)) throw new DomainError('text-unwritable');
  return written;
}
