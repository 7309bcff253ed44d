import { DomainError } from '@talkoot/http-service';
import { SaxesParser } from 'saxes';

/** An element of a bank's message. Elements of other namespaces are kept, so that a reader can pass them over. */
export interface XmlElement {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text without that of its children, spaces around it removed. */
  readonly text: string;
}

/** What no honest message of a bank comes near, and what keeps a hostile one from costing more than a moment. */
export const xmlLimits = {
  characters: 4 * 1024 * 1024,
  elements: 200_000,
  depth: 32,
  attributes: 8,
  textLength: 2_000,
} as const;

interface Open {
  readonly name: string;
  readonly namespace: string;
  readonly attributes: Record<string, string>;
  readonly children: XmlElement[];
  text: string;
}

/**
 * Reads an XML document strictly. A document type, hence every entity of its own, is refused before anything is parsed.
 * @throws DomainError `bank-file-hostile` for a document type, a processing instruction or another encoding than UTF-8;
 * `bank-file-too-large` above {@link xmlLimits}; `bank-file-malformed` for what is not well-formed
 */
export function readXml(text: string): XmlElement {
  if (text.length > xmlLimits.characters) throw tooLarge('characters');
  if (/<!\s*(doctype|entity)/i.test(text))
    throw new DomainError('bank-file-hostile', 'It has a document type');
  const tree = new Tree();
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw new DomainError('bank-file-malformed', error.message.slice(0, 200));
  });
  parser.on('xmldecl', ({ encoding, version }) => requireDeclaration(encoding, version));
  parser.on('doctype', () => {
    throw new DomainError('bank-file-hostile', 'It has a document type');
  });
  parser.on('processinginstruction', () => {
    throw new DomainError('bank-file-hostile', 'It has a processing instruction');
  });
  parser.on('opentag', ({ local, uri, attributes }) => {
    const plain = Object.values(attributes).filter((one) => one.prefix !== 'xmlns' && one.name !== 'xmlns');
    tree.open(local, uri, Object.fromEntries(plain.map((one) => [one.name, one.value])));
  });
  parser.on('text', (part) => tree.write(part));
  parser.on('cdata', (part) => tree.write(part));
  parser.on('closetag', () => tree.close());
  parser.write(text).close();
  return tree.root();
}

function requireDeclaration(encoding: string | undefined, version: string | undefined): void {
  if (encoding !== undefined && !/^utf-?8$/i.test(encoding))
    throw new DomainError('bank-file-hostile', 'It is not declared as UTF-8');
  if (version !== undefined && version !== '1.0')
    throw new DomainError('bank-file-hostile', 'It is not XML 1.0');
}

const tooLarge = (what: keyof typeof xmlLimits) =>
  new DomainError('bank-file-too-large', `More than ${xmlLimits[what]} (${what})`);

/** The elements as they open and close, counted. */
class Tree {
  readonly #path: Open[] = [];
  #elements = 0;
  #root: XmlElement | undefined;

  open(name: string, namespace: string, attributes: Record<string, string>): void {
    this.#elements += 1;
    if (this.#elements > xmlLimits.elements) throw tooLarge('elements');
    if (this.#path.length >= xmlLimits.depth) throw tooLarge('depth');
    if (Object.keys(attributes).length > xmlLimits.attributes) throw tooLarge('attributes');
    this.#path.push({ name, namespace, attributes, children: [], text: '' });
  }

  write(part: string): void {
    const current = this.#path.at(-1);
    // Spaces between elements would add up without saying anything.
    if (!current || part.trim() === '') return;
    current.text += part;
    if (current.text.length > xmlLimits.textLength) throw tooLarge('textLength');
  }

  close(): void {
    const { text, ...closed } = this.#path.pop()!;
    const element = { ...closed, text: text.trim() };
    const parent = this.#path.at(-1);
    if (parent) parent.children.push(element);
    else this.#root = element;
  }

  root(): XmlElement {
    if (!this.#root) throw new DomainError('bank-file-malformed', 'It has no element');
    return this.#root;
  }
}
