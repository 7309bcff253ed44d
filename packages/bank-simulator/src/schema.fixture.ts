import { XmlDocument, XsdValidator } from 'libxml2-wasm';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const shared = process.env['TALKOOT_SHARED'] ?? join(import.meta.dirname, '../../../../shared');
const validators = new Map<string, XsdValidator>();

/**
 * Throws, saying why, unless the text is a valid message of that version.
 * @param version such as `pain.001.001.09`; its schema is read from the shared folder
 */
export function requireValid(version: string, text: string): void {
  const document = XmlDocument.fromString(text);
  try {
    validatorOf(version).validate(document);
  } finally {
    document.dispose();
  }
}

function validatorOf(version: string): XsdValidator {
  const known = validators.get(version);
  if (known) return known;
  const schema = XmlDocument.fromString(readFileSync(join(shared, 'iso20022', `${version}.xsd`), 'utf8'));
  const validator = XsdValidator.fromDoc(schema);
  validators.set(version, validator);
  return validator;
}
