/** One place where something may have leaked to, with all that stands there. */
export interface Place {
  readonly name: string;
  readonly text: string;
}

/** Something that must stay in its home, by what it is. */
export interface Private {
  readonly kind: string;
  readonly value: string;
}

export interface Leak {
  readonly kind: string;
  readonly place: string;
  /** What stands around it. */
  readonly near: string;
}

/** What gives itself away by its form, whoever it belongs to. */
const forms: Readonly<Record<string, RegExp>> = {
  'national id': /\b(?:LOCAL-[0-9A-F]{12}|\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y])\b/g,
  // Not the beginning of Unix time, by which servers say that a time is not set.
  'birth date': /\b(?!1970-01-01 00:00:00 \+0000)(?:19\d\d|200\d)-\d\d-\d\d\b/g,
  email: /\b[\w.+-]+@[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}\b/gi,
  IBAN: /\b[A-Z]{2}\d{2}[A-Z0-9]{11,30}\b/g,
  'session token': /\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}/g,
  'private key': /"d"\s*:\s*"[\w-]{40,}"|BEGIN [A-Z ]*PRIVATE KEY/g,
};

/** Looks for values as they are and as JSON writes them, and for forms. One leak is told for each kind and place. */
export function findLeaks(places: readonly Place[], values: readonly Private[]): Leak[] {
  return places.flatMap((place) => {
    const found = new Map<string, Leak>();
    const tell = (kind: string, at: number) => {
      if (!found.has(kind)) found.set(kind, { kind, place: place.name, near: around(place.text, at) });
    };
    for (const [kind, form] of Object.entries(forms)) {
      for (const { 0: match, index } of place.text.matchAll(form)) {
        if (kind !== 'IBAN' || isIban(match)) tell(kind, index);
      }
    }
    for (const { kind, value } of values) {
      const written = JSON.stringify(value).slice(1, -1);
      for (const one of new Set([value, written])) {
        const at = place.text.indexOf(one);
        if (at >= 0) tell(kind, at);
      }
    }
    return [...found.values()];
  });
}

const around = (text: string, at: number) => text.slice(Math.max(0, at - 80), at + 80);

/** Its check digits tell an account number from an id that looks like one (ISO 13616). */
function isIban(text: string): boolean {
  const digits = `${text.slice(4)}${text.slice(0, 4)}`.replaceAll(/[A-Z]/g, (sign) =>
    String(sign.charCodeAt(0) - 55),
  );
  return BigInt(digits) % 97n === 1n;
}
