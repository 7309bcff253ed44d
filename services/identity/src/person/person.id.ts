import { idFrom } from '@talkoot/http-service';
import { randomUUID } from 'node:crypto';

/** A person's id is random: it follows from nothing that is known about the person. */
export function newPersonId(): string {
  return idFrom(`${randomUUID()}${randomUUID()}`, 'per');
}
